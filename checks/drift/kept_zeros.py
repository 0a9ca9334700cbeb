"""Which fields of built-in kinds are pointers in Go: their zero (false, 0, "", {}) is a value, and stays.

OpenAPI does not tell a pointer from a plain field. A plain one with a zero value is left out when Go writes the object,
so Git's ``hostNetwork: false`` and no such field are the same; a pointer's zero is written, so Git's
``automountServiceAccountToken: false`` and no such field are not. A field that is missing here counts as plain.

From k8s.io/api v0.35.4, the stable versions: every field ``Name *T `json:"…"` `` (inlined structs included) of a type
that the spec of some kind reaches.
"""

from __future__ import annotations

from collections.abc import Mapping

_POINTERS = """
admissionregistration.v1.MatchResources: matchPolicy namespaceSelector objectSelector
admissionregistration.v1.MutatingWebhook: failurePolicy matchPolicy namespaceSelector objectSelector
  reinvocationPolicy sideEffects timeoutSeconds
admissionregistration.v1.NamedRuleWithOperations: scope
admissionregistration.v1.ParamRef: parameterNotFoundAction selector
admissionregistration.v1.RuleWithOperations: scope
admissionregistration.v1.ServiceReference: path port
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec: matchResources paramRef
admissionregistration.v1.ValidatingAdmissionPolicySpec: failurePolicy matchConstraints paramKind
admissionregistration.v1.ValidatingWebhook: failurePolicy matchPolicy namespaceSelector objectSelector sideEffects
  timeoutSeconds
admissionregistration.v1.Validation: reason
admissionregistration.v1.WebhookClientConfig: service url
apps.v1.DaemonSetSpec: revisionHistoryLimit selector
apps.v1.DaemonSetUpdateStrategy: rollingUpdate
apps.v1.DeploymentSpec: progressDeadlineSeconds replicas revisionHistoryLimit selector
apps.v1.DeploymentStrategy: rollingUpdate
apps.v1.ReplicaSetSpec: replicas selector
apps.v1.RollingUpdateDaemonSet: maxSurge maxUnavailable
apps.v1.RollingUpdateDeployment: maxSurge maxUnavailable
apps.v1.RollingUpdateStatefulSetStrategy: maxUnavailable partition
apps.v1.StatefulSetSpec: ordinals persistentVolumeClaimRetentionPolicy replicas revisionHistoryLimit selector
apps.v1.StatefulSetUpdateStrategy: rollingUpdate
autoscaling.v1.HorizontalPodAutoscalerSpec: minReplicas targetCPUUtilizationPercentage
autoscaling.v2.HPAScalingRules: selectPolicy stabilizationWindowSeconds tolerance
autoscaling.v2.HorizontalPodAutoscalerBehavior: scaleDown scaleUp
autoscaling.v2.HorizontalPodAutoscalerSpec: behavior minReplicas
autoscaling.v2.MetricIdentifier: selector
autoscaling.v2.MetricSpec: containerResource external object pods resource
autoscaling.v2.MetricTarget: averageUtilization averageValue value
batch.v1.CronJobSpec: failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit suspend timeZone
batch.v1.JobSpec: activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy
  manualSelector maxFailedIndexes parallelism podFailurePolicy podReplacementPolicy selector successPolicy suspend
  ttlSecondsAfterFinished
batch.v1.PodFailurePolicyOnExitCodesRequirement: containerName
batch.v1.PodFailurePolicyRule: onExitCodes
batch.v1.SuccessPolicyRule: succeededCount succeededIndexes
core.v1.Affinity: nodeAffinity podAffinity podAntiAffinity
core.v1.AppArmorProfile: localhostProfile
core.v1.AzureDiskVolumeSource: cachingMode fsType kind readOnly
core.v1.AzureFilePersistentVolumeSource: secretNamespace
core.v1.CSIPersistentVolumeSource: controllerExpandSecretRef controllerPublishSecretRef nodeExpandSecretRef
  nodePublishSecretRef nodeStageSecretRef
core.v1.CSIVolumeSource: fsType nodePublishSecretRef readOnly
core.v1.CephFSPersistentVolumeSource: secretRef
core.v1.CephFSVolumeSource: secretRef
core.v1.CinderPersistentVolumeSource: secretRef
core.v1.CinderVolumeSource: secretRef
core.v1.ClientIPConfig: timeoutSeconds
core.v1.ClusterTrustBundleProjection: labelSelector name optional signerName
core.v1.ConfigMap: immutable
core.v1.ConfigMapEnvSource: optional
core.v1.ConfigMapKeySelector: optional
core.v1.ConfigMapProjection: optional
core.v1.ConfigMapVolumeSource: defaultMode optional
core.v1.Container: lifecycle livenessProbe readinessProbe restartPolicy securityContext startupProbe
core.v1.ContainerRestartRule: exitCodes
core.v1.DownwardAPIVolumeFile: fieldRef mode resourceFieldRef
core.v1.DownwardAPIVolumeSource: defaultMode
core.v1.EmptyDirVolumeSource: sizeLimit
core.v1.EnvFromSource: configMapRef secretRef
core.v1.EnvVar: valueFrom
core.v1.EnvVarSource: configMapKeyRef fieldRef fileKeyRef resourceFieldRef secretKeyRef
core.v1.EphemeralContainer: lifecycle livenessProbe readinessProbe restartPolicy securityContext startupProbe
core.v1.EphemeralVolumeSource: volumeClaimTemplate
core.v1.FCVolumeSource: lun
core.v1.FileKeySelector: optional
core.v1.FlexPersistentVolumeSource: secretRef
core.v1.FlexVolumeSource: secretRef
core.v1.GRPCAction: service
core.v1.GlusterfsPersistentVolumeSource: endpointsNamespace
core.v1.HostPathVolumeSource: type
core.v1.ISCSIPersistentVolumeSource: initiatorName secretRef
core.v1.ISCSIVolumeSource: initiatorName secretRef
core.v1.KeyToPath: mode
core.v1.Lifecycle: postStart preStop stopSignal
core.v1.LifecycleHandler: exec httpGet sleep tcpSocket
core.v1.LocalVolumeSource: fsType
core.v1.NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution
core.v1.PersistentVolumeClaimSpec: dataSource dataSourceRef selector storageClassName volumeAttributesClassName
  volumeMode
core.v1.PersistentVolumeSpec: awsElasticBlockStore azureDisk azureFile cephfs cinder claimRef csi fc flexVolume
  flocker gcePersistentDisk glusterfs hostPath iscsi local nfs nodeAffinity photonPersistentDisk portworxVolume
  quobyte rbd scaleIO storageos volumeAttributesClassName volumeMode vsphereVolume
core.v1.PodAffinityTerm: labelSelector namespaceSelector
core.v1.PodCertificateProjection: maxExpirationSeconds
core.v1.PodDNSConfigOption: value
core.v1.PodResourceClaim: resourceClaimName resourceClaimTemplateName
core.v1.PodSecurityContext: appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser
  seLinuxChangePolicy seLinuxOptions seccompProfile supplementalGroupsPolicy windowsOptions
core.v1.PodSpec: activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig enableServiceLinks hostUsers
  hostnameOverride os preemptionPolicy priority resources runtimeClassName securityContext setHostnameAsFQDN
  shareProcessNamespace terminationGracePeriodSeconds workloadRef
core.v1.Probe: exec grpc httpGet tcpSocket terminationGracePeriodSeconds
core.v1.ProjectedVolumeSource: defaultMode
core.v1.RBDPersistentVolumeSource: secretRef
core.v1.RBDVolumeSource: secretRef
core.v1.ReplicationControllerSpec: replicas template
core.v1.ResourceQuotaSpec: scopeSelector
core.v1.ScaleIOPersistentVolumeSource: secretRef
core.v1.ScaleIOVolumeSource: secretRef
core.v1.SeccompProfile: localhostProfile
core.v1.Secret: immutable
core.v1.SecretEnvSource: optional
core.v1.SecretKeySelector: optional
core.v1.SecretProjection: optional
core.v1.SecretVolumeSource: defaultMode optional
core.v1.SecurityContext: allowPrivilegeEscalation appArmorProfile capabilities privileged procMount
  readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions seccompProfile windowsOptions
core.v1.ServiceAccount: automountServiceAccountToken
core.v1.ServiceAccountTokenProjection: expirationSeconds
core.v1.ServicePort: appProtocol
core.v1.ServiceSpec: allocateLoadBalancerNodePorts internalTrafficPolicy ipFamilyPolicy loadBalancerClass
  sessionAffinityConfig trafficDistribution
core.v1.SessionAffinityConfig: clientIP
core.v1.StorageOSPersistentVolumeSource: secretRef
core.v1.StorageOSVolumeSource: secretRef
core.v1.Toleration: tolerationSeconds
core.v1.TopologySpreadConstraint: labelSelector minDomains nodeAffinityPolicy nodeTaintsPolicy
core.v1.TypedLocalObjectReference: apiGroup
core.v1.TypedObjectReference: apiGroup namespace
core.v1.Volume: awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc
  flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs persistentVolumeClaim
  photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume
core.v1.VolumeMount: mountPropagation recursiveReadOnly
core.v1.VolumeNodeAffinity: required
core.v1.VolumeProjection: clusterTrustBundle configMap downwardAPI podCertificate secret serviceAccountToken
core.v1.WindowsSecurityContextOptions: gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName
discovery.v1.Endpoint: hints hostname nodeName targetRef zone
discovery.v1.EndpointConditions: ready serving terminating
discovery.v1.EndpointPort: appProtocol name port protocol
flowcontrol.v1.ExemptPriorityLevelConfiguration: lendablePercent nominalConcurrencyShares
flowcontrol.v1.FlowSchemaSpec: distinguisherMethod
flowcontrol.v1.LimitResponse: queuing
flowcontrol.v1.LimitedPriorityLevelConfiguration: borrowingLimitPercent lendablePercent nominalConcurrencyShares
flowcontrol.v1.PriorityLevelConfigurationSpec: exempt limited
flowcontrol.v1.Subject: group serviceAccount user
networking.v1.HTTPIngressPath: pathType
networking.v1.IPAddressSpec: parentRef
networking.v1.IngressBackend: resource service
networking.v1.IngressClassParametersReference: apiGroup namespace scope
networking.v1.IngressClassSpec: parameters
networking.v1.IngressRule: http
networking.v1.IngressSpec: defaultBackend ingressClassName
networking.v1.NetworkPolicyPeer: ipBlock namespaceSelector podSelector
networking.v1.NetworkPolicyPort: endPort port protocol
node.v1.RuntimeClass: overhead scheduling
policy.v1.PodDisruptionBudgetSpec: maxUnavailable minAvailable selector unhealthyPodEvictionPolicy
rbac.v1.ClusterRole: aggregationRule
resource.v1.DeviceClaimConfiguration: opaque
resource.v1.DeviceClassConfiguration: opaque
resource.v1.DeviceClassSpec: extendedResourceName
resource.v1.DeviceConstraint: distinctAttribute matchAttribute
resource.v1.DeviceRequest: exactly
resource.v1.DeviceSelector: cel
resource.v1.DeviceSubRequest: capacity
resource.v1.DeviceToleration: tolerationSeconds
resource.v1.ExactDeviceRequest: adminAccess capacity
scheduling.v1.PriorityClass: preemptionPolicy
storage.v1.CSIDriverSpec: attachRequired fsGroupPolicy nodeAllocatableUpdatePeriodSeconds podInfoOnMount
  requiresRepublish seLinuxMount serviceAccountTokenInSecrets storageCapacity
storage.v1.StorageClass: allowVolumeExpansion reclaimPolicy volumeBindingMode
storage.v1.TokenRequest: expirationSeconds
"""


def _parsed() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _POINTERS.strip().replace("\n  ", " ").splitlines():
        name, _, fields = line.partition(": ")
        found[f"io.k8s.api.{name}"] = frozenset(fields.split())
    return found


POINTERS: Mapping[str, frozenset[str]] = _parsed()
"""Field names by the name of the type in OpenAPI, e.g. ``io.k8s.api.apps.v1.DeploymentSpec``."""
