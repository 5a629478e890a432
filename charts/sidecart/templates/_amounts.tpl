{{/* A quantity of Kubernetes, such as 50m or 112Mi, as a number. Arguments: quantity. */}}
{{- define "sidecart.number" -}}
{{- $text := toString . -}}
{{- $unit := regexFind "[A-Za-z]+$" $text -}}
{{- $factors := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{- mulf (trimSuffix $unit $text | float64) (get $factors $unit | default 1.0) | printf "%.3f" -}}
{{- end }}

{{/*
What does not fit into a container's resources: a limit below its request, a heap that the memory limit ends before garbage
is collected. Arguments: where (the value's path), resources, heap (its value's path), heapMi.
*/}}
{{- define "sidecart.misfit" -}}
{{- $requests := .resources.requests | default dict -}}
{{- $limits := .resources.limits | default dict -}}
{{- range $of := list "cpu" "memory" -}}
  {{- $request := get $requests $of -}}
  {{- $limit := get $limits $of -}}
  {{- if and $request $limit -}}
    {{- if gt (include "sidecart.number" $request | float64) (include "sidecart.number" $limit | float64) -}}
      {{- fail (printf "%s: limits.%s %v is below requests.%s %v" $.where $of $limit $of $request) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and .heap $limits.memory -}}
  {{- if ge (printf "%vMi" .heapMi | include "sidecart.number" | float64) (include "sidecart.number" $limits.memory | float64) -}}
    {{- fail (printf "%s: %v MiB leave nothing of %s.limits.memory %v; it must be below, with room for code and buffers" .heap .heapMi .where $limits.memory) -}}
  {{- end -}}
{{- end -}}
{{- end }}
