{{/* Converts a Kubernetes quantity, such as 50m or 112Mi, to a number. Arguments: quantity. */}}
{{- define "sidecart.number" -}}
{{- $text := toString . -}}
{{- $unit := regexFind "[A-Za-z]+$" $text -}}
{{- $factors := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{- mulf (trimSuffix $unit $text | float64) (get $factors $unit | default 1.0) | printf "%.3f" -}}
{{- end }}

{{/*
Fails when a limit is below its request, or when the heap does not fit into the memory limit: the kernel would kill the
process before it collects garbage. Arguments: where (path of the value), resources, heap (path of its value), heapMi.
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
    {{- fail (printf "%s: %v MiB does not fit into %s.limits.memory %v; set it lower, with room for code and buffers" .heap .heapMi .where $limits.memory) -}}
  {{- end -}}
{{- end -}}
{{- end }}
