{{/* All services, as JSON by name: what services.yaml says follows from a declaration, and its own entry in values on top. */}}
{{- define "sidecart.entries" -}}
{{- $entries := .Files.Get "services.yaml" | fromYaml -}}
{{- range $name, $own := .Values.services -}}
  {{- $_ := set $entries $name (mustMergeOverwrite (get $entries $name | default dict) (deepCopy ($own | default dict))) -}}
{{- end -}}
{{- toJson $entries -}}
{{- end }}

{{/* The services that run, as JSON by name: each is serviceDefaults, with its entry on top. */}}
{{- define "sidecart.services" -}}
{{- $services := dict -}}
{{- range $name, $entry := include "sidecart.entries" . | fromJson -}}
  {{- $shared := dict "autoscaling" $.Values.autoscaling "keda" $.Values.keda "podDisruptionBudget" $.Values.podDisruptionBudget "dapr" (pick $.Values.dapr "resources" "memoryLimitMi" "logLevel") -}}
  {{- $service := mustMergeOverwrite (deepCopy $.Values.serviceDefaults) (deepCopy $shared) $entry -}}
  {{- if kindIs "invalid" $service.preStopSeconds -}}
    {{- $_ := set $service "preStopSeconds" (ternary 15 25 (eq (include "sidecart.patchedSidecar" $) "true")) -}}
  {{- end -}}
  {{- if $service.enabled -}}
    {{- $_ := set $services $name $service -}}
  {{- end -}}
{{- end -}}
{{- toJson $services -}}
{{- end }}

{{/* "true" when the sidecars are a build of this repository, with its patches. */}}
{{- define "sidecart.patchedSidecar" -}}
{{- if or (not .Values.dapr.image) .Values.dapr.imageIsPatched -}}true{{- end -}}
{{- end }}

{{/* The termination grace period: preStop, drain, the service's stop (20 s: stopMs in stop-limits.ts), and its sidecar. */}}
{{- define "sidecart.graceSeconds" -}}
{{- $drain := divf (.service.drainDelayMs | float64) 1000.0 | ceil | int -}}
{{- add (.service.preStopSeconds | int) $drain 20 (.root.Values.dapr.gracefulShutdownSeconds | int) 5 -}}
{{- end }}

{{/* "true" when the set-up creates databases and roles, with the Secret postgres-admin. */}}
{{- define "sidecart.administers" -}}
{{- if or .Values.setUp.createDatabases (include "sidecart.runsHere" (dict "root" . "server" "postgres")) -}}true{{- end -}}
{{- end }}

{{/*
The current replicas of an autoscaled Deployment, at least the autoscaler's minimum. Helm would set 1 if an earlier value
were omitted. Empty without a cluster, because applying a render must not undo the autoscaler's decision.
Arguments: root, name, service.
*/}}
{{- define "sidecart.scaledReplicas" -}}
{{- include "sidecart.lookUp" .root -}}
{{- if .root.Values.asked -}}
  {{- $least := ternary .service.keda.minReplicas .service.autoscaling.minReplicas .service.keda.enabled | int -}}
  {{- $live := lookup "apps/v1" "Deployment" .root.Release.Namespace .name -}}
  {{- max $least (dig "spec" "replicas" 1 $live | int) -}}
{{- end -}}
{{- end }}

{{/* The name of a service's database and of its owner role. Arguments: service. */}}
{{- define "sidecart.databaseName" -}}
sidecart_{{ . | replace "-" "_" }}
{{- end }}

{{- define "sidecart.runtimeRole" -}}
{{- .service.database.runtimeRole | default (printf "%s_app" (include "sidecart.databaseName" .name)) -}}
{{- end }}
