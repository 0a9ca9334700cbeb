"""What this credential can judge, before anything is judged: asked of the API server, right by right."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from holdfast.fixtures.needs import Need, merged, rule_line
from holdfast.fixtures.parallel import at_once
from holdfast.model import Unobservable


class Asked(Protocol):
    """What preflight needs of a cluster."""

    def allowed(self, group: str, resource: str, verb: str, namespace: str = "") -> bool:
        """Raises Unobservable when the API server does not say."""

    def whoami(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A right that is not there."""

    need: Need
    verbs: tuple[str, ...]
    """Those of its verbs that are refused."""
    namespaces: tuple[str, ...] = ()
    """Where they are allowed nonetheless."""

    @property
    def cure(self) -> str:
        """The line to add to the ``rules`` of its ClusterRole."""
        return "- " + rule_line(self.need.group, [self.need.resource], self.need.verbs)

    @property
    def look(self) -> str:
        """The read-only command that shows it."""
        return shlex.join(["kubectl", "auth", "can-i", self.verbs[0], self.need.qualified, "-A"])


@dataclass(frozen=True, slots=True)
class Preflight:
    """What can be judged, what cannot, and what could not be found out."""

    who: str
    """The name of the credential; "" when the API server is too old to say."""
    granted: tuple[Need, ...]
    missing: tuple[Missing, ...]
    unknown: tuple[Unobservable, ...]

    @property
    def ready(self) -> bool:
        """Everything that is needed may be read."""
        return not self.missing and not self.unknown

    def lines(self) -> list[str]:
        """The same for a reader: one line per right, each missing one with its cure."""
        total = len(self.granted) + len(self.missing)
        said = [
            f"{self.who or 'this credential'} may read {len(self.granted)} of {total} resource types that are judged"
        ]
        said += [f"  yes  {', '.join(each.verbs)} {each.qualified}{_because(each)}" for each in self.granted]
        for each in self.missing:
            only = f" (only in {', '.join(each.namespaces)})" if each.namespaces else ""
            said.append(f"  NO   {', '.join(each.verbs)} {each.need.qualified}{only}{_because(each.need)}")
            said.append(f"       see it: {each.look}")
            said.append(f"       add to its ClusterRole: {each.cure}")
        for problem in self.unknown:
            said.append(f"  ?    {problem.detail or problem.code}" + (f": {problem.remedy}" if problem.remedy else ""))
        return said


def _because(need: Need) -> str:
    return f"  for {need.why}" if need.why else ""


def preflight(cluster: Asked, needs: Iterable[Need], namespaces: Sequence[str] = ()) -> Preflight:
    """Ask for every need by SelfSubjectAccessReview.

    Args:
        cluster: whom to ask.
        needs: what judging takes; one resource may come several times.
        namespaces: where a right that is refused cluster-wide is asked for once more.
    """
    wanted = merged(needs)
    answers: dict[tuple[Need, str, str], bool | Unobservable] = {}

    def ask(need: Need, verb: str, namespace: str = "") -> None:
        try:
            answers[need, verb, namespace] = cluster.allowed(need.group, need.resource, verb, namespace)
        except Unobservable as problem:
            answers[need, verb, namespace] = problem

    at_once([partial(ask, need, verb) for need in wanted for verb in need.verbs])
    refused = {
        need: verbs for need in wanted if (verbs := tuple(v for v in need.verbs if answers[need, v, ""] is False))
    }
    at_once(
        [partial(ask, need, verb, each) for need, verbs in refused.items() for verb in verbs for each in namespaces]
    )
    problems = [each for each in answers.values() if isinstance(each, Unobservable)]
    return Preflight(
        who=cluster.whoami(),
        granted=tuple(need for need in wanted if all(answers[need, verb, ""] is True for verb in need.verbs)),
        missing=tuple(
            Missing(
                need,
                verbs,
                tuple(each for each in namespaces if all(answers[need, verb, each] is True for verb in verbs)),
            )
            for need, verbs in refused.items()
        ),
        unknown=tuple(dict.fromkeys(problems)),
    )
