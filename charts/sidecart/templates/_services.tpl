{{/* The services that run, as JSON by name: each is serviceDefaults, with what its own entry says on top. */}}
{{- define "sidecart.services" -}}
{{- $services := dict -}}
{{- range $name, $own := .Values.services -}}
  {{- $shared := dict "autoscaling" $.Values.autoscaling "keda" $.Values.keda "podDisruptionBudget" $.Values.podDisruptionBudget "dapr" (pick $.Values.dapr "resources" "memoryLimitMi" "logLevel") -}}
  {{- $service := mustMergeOverwrite (deepCopy $.Values.serviceDefaults) (deepCopy $shared) (deepCopy ($own | default dict)) -}}
  {{- if $service.enabled -}}
    {{- $_ := set $services $name $service -}}
  {{- end -}}
{{- end -}}
{{- toJson $services -}}
{{- end }}

{{/* Longest from SIGTERM to the end: the pause before it, the drain, what the service finishes, its sidecar. */}}
{{- define "sidecart.graceSeconds" -}}
{{- $drain := divf (.service.drainDelayMs | float64) 1000.0 | ceil | int -}}
{{- add (.service.preStopSeconds | int) $drain 20 (.root.Values.dapr.gracefulShutdownSeconds | int) 5 -}}
{{- end }}

{{/* Names of the databases of services: their roles and the databases are called so. Arguments: service. */}}
{{- define "sidecart.databaseName" -}}
sidecart_{{ . | replace "-" "_" }}
{{- end }}

{{- define "sidecart.runtimeRole" -}}
{{- .service.database.runtimeRole | default (printf "%s_app" (include "sidecart.databaseName" .name)) -}}
{{- end }}
