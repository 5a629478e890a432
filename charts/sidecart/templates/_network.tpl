{{/* The ports of a rule. Arguments: a list of numbers. */}}
{{- define "sidecart.ports" -}}
ports:
  {{- range . }}
  - {protocol: TCP, port: {{ int . }}}
  {{- end }}
{{- end }}

{{/* A peer that selects pods of this release by name. Arguments: root, name. */}}
{{- define "sidecart.peer" -}}
- podSelector:
    matchLabels:
      {{- include "sidecart.selector" . | nindent 6 }}
{{- end }}

{{/* The server to which a Secret gives access; empty for other Secrets. */}}
{{- define "sidecart.serverOf" -}}
{{- $servers := dict "redis" "redis" "rate-limits" "redis" "rabbitmq" "rabbitmq" "jetstream" "jetstream" "kafka" "kafka" "search" "elasticsearch" "media" "s3" "postgres-admin" "postgres" -}}
{{- if or (hasSuffix "-db" .) (hasSuffix "-db-owner" .) -}}postgres{{- else -}}{{- get $servers . -}}{{- end -}}
{{- end }}

{{/* "true" when the server is a development server of this release. Arguments: root, server. */}}
{{- define "sidecart.runsHere" -}}
{{- with .root.Values.dev -}}
{{- $chosen := dict "postgres" true "redis" true "rabbitmq" (eq $.root.Values.broker "rabbitmq") "elasticsearch" (eq $.root.Values.search "elasticsearch") -}}
{{- if and .enabled (get $chosen $.server) (dig $.server "enabled" false .) -}}true{{- end -}}
{{- end -}}
{{- end }}

{{/* Ports of the development servers. */}}
{{- define "sidecart.devPorts" -}}
{{- get (dict "postgres" "[5432]" "redis" "[6379]" "rabbitmq" "[5672, 15672]" "elasticsearch" "[9200]") . -}}
{{- end }}

{{/* The egress rule to a server. Arguments: root, server, manages (whether the management port is allowed). */}}
{{- define "sidecart.egressToServer" -}}
{{- $rule := get .root.Values.networkPolicy.servers .server -}}
{{- $here := include "sidecart.runsHere" . -}}
{{- $ports := ternary (include "sidecart.devPorts" .server | fromJsonArray) $rule.ports (eq $here "true") -}}
{{- if not .manages -}}
  {{- $ports = without $ports 15672.0 15671.0 -}}
{{- end -}}
# {{ .server }}
- to:
    {{- if $here }}
    {{- include "sidecart.peer" (dict "root" .root "name" .server) | nindent 4 }}
    {{- else }}
    {{- toYaml $rule.to | nindent 4 }}
    {{- end }}
  {{- include "sidecart.ports" $ports | nindent 2 }}
{{- end }}

{{- define "sidecart.egressToDns" -}}
# DNS
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.networkPolicy.dns.namespace | quote }}
      podSelector:
        matchLabels:
          {{- toYaml .Values.networkPolicy.dns.podLabels | nindent 10 }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}

{{- define "sidecart.egressToApiServer" -}}
# the Kubernetes API
- to:
    {{- range .Values.networkPolicy.apiServer.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  {{- include "sidecart.ports" .Values.networkPolicy.apiServer.ports | nindent 2 }}
{{- end }}

{{/* Egress of every sidecar to Dapr's control plane: sentry and operator; with actors also placement and scheduler. Arguments: root, actors. */}}
{{- define "sidecart.egressToDapr" -}}
{{- $edges := dict "dapr-sentry" 50001 "dapr-operator" 6500 -}}
{{- if .actors -}}
  {{- $edges = merge $edges (dict "dapr-placement-server" 50005 "dapr-scheduler-server" 50006) -}}
{{- end -}}
{{- range $app, $port := $edges }}
# {{ $app }}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ $.root.Values.dapr.namespace | quote }}
      podSelector:
        matchLabels:
          app: {{ $app }}
  {{- include "sidecart.ports" (list $port) | nindent 2 }}
{{- end }}
{{- end }}

{{/* Apps whose access policies allow calls from an app, as JSON: {items: [...]}. Arguments: root, app. */}}
{{- define "sidecart.callersOf" -}}
{{- $callers := list -}}
{{- $services := include "sidecart.services" .root | fromJson -}}
{{- range (include "sidecart.configurationOf" . | fromJson).accessControl.policies | default list -}}
  {{- $policy := . -}}
  {{- $allows := eq (.defaultAction | default "deny") "allow" -}}
  {{- range .operations | default list -}}
    {{- if eq .action "allow" -}}{{- $allows = true -}}{{- end -}}
  {{- end -}}
  {{- if and $allows (hasKey $services $policy.appId) -}}
    {{- $callers = append $callers $policy.appId -}}
  {{- end -}}
{{- end -}}
{{- toJson (dict "items" ($callers | uniq | sortAlpha)) -}}
{{- end }}

{{/* The metadata and pod selector of a NetworkPolicy. Arguments: root, name. */}}
{{- define "sidecart.policyHead" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "sidecart.metadata" (dict "root" .root "name" .name "component" "network") | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "sidecart.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
{{- end }}
