"""What is put around pycsw 2.6: parameters for Earth observation in OpenSearch, and a stand-in for a map service.

The WMS names the layers of one product and draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Answer = tuple[str, str, bytes]
"""Status line, media type, body."""
Behaviour = dict[str, Any]
_EO = "&eo:cloudCover={eo:cloudCover?}&eo:parentIdentifier={eo:parentIdentifier?}"
_EO_NAMESPACE = 'xmlns:eo="http://a9.com/-/opensearch/extensions/eo/1.0/"'
CONSTRAINTS = {
    "eo:parentidentifier": ("PropertyIsEqualTo", "apiso:ParentIdentifier"),
    "eo:cloudcover": ("PropertyIsLessThanOrEqualTo", "apiso:CloudCover"),
}


def constraint(given: Mapping[str, str], behaviour: Behaviour) -> str:
    """The OGC filter for the Earth observation parameters of a search; "" without any."""
    wanted = [
        _predicate(*said, given[key].lstrip("]")) for key, said in CONSTRAINTS.items() if given.get(key, "").strip("]")
    ]
    if behaviour.get("opensearch") == "everything":
        return ""
    if wanted and behaviour.get("opensearch") == "nothing":
        wanted.append(_predicate("PropertyIsEqualTo", "apiso:ParentIdentifier", "nothing"))
    return _filter(wanted) if wanted else ""


def _predicate(operator: str, name: str, value: str) -> str:
    reference, literal = f"<f:PropertyName>{name}</f:PropertyName>", f"<f:Literal>{escape(value)}</f:Literal>"
    return f"<f:{operator}>{reference}{literal}</f:{operator}>"


def _filter(predicates: list[str]) -> str:
    joined = "".join(predicates)
    both = f"<f:And>{joined}</f:And>" if len(predicates) > 1 else joined
    return f'<f:Filter xmlns:f="http://www.opengis.net/ogc">{both}</f:Filter>'


def described(text: str, address: str, behaviour: Behaviour) -> str:
    """The description as pycsw 3 gives it: with the parameters for Earth observation, searched under /opensearch."""
    if behaviour.get("opensearch") == "without":
        return re.sub(r"<os:Url .*?/>", "", text)
    text = re.sub(r'template="[^"?]*\?', f'template="{address}?', text)
    text = text.replace("recordids={geo:uid?}", f"recordids={{geo:uid?}}{escape(_EO)}")
    return text.replace("<os:OpenSearchDescription ", f"<os:OpenSearchDescription {_EO_NAMESPACE} ", 1)


def map_service(asked: dict[str, str], address: str, behaviour: Behaviour) -> Answer:
    """The capabilities of a WMS that serves one product; a stand-in for the renderer of data-access."""
    found = re.search(r'identifier="([^"]+)"', asked.get("cql", ""))
    if found is None or asked.get("service", "").upper() not in ("WMS", "WCS"):
        return "400 Bad Request", "text/plain", b"which product, by which service?"
    prefix = behaviour.get("layers") or found[1]
    layers = "".join(
        f"<Layer><Name>{escape(prefix)}{suffix}</Name><Title>{escape(prefix)}{suffix}</Title></Layer>"
        for suffix in ("", "__TRUE_COLOR", "__FALSE_COLOR")
    )
    target = f"<OnlineResource xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href={quoteattr(address + '/ows?')}/>"
    get = f"<DCPType><HTTP><Get>{target}</Get></HTTP></DCPType>"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms">'
        f"<Service><Name>WMS</Name><Title>data access</Title>{target}</Service><Capability>"
        f"<Request><GetCapabilities><Format>text/xml</Format>{get}</GetCapabilities>"
        f"<GetMap><Format>image/png</Format>{get}</GetMap></Request>"
        f"<Exception><Format>XML</Format></Exception><Layer><Title>products</Title>{layers}</Layer>"
        "</Capability></WMS_Capabilities>"
    )
    return "200 OK", "text/xml", body.encode()
