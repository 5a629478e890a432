{{/* The volume of the certificate authorities in tls.caSecret; empty without one. */}}
{{- define "sidecart.caVolume" -}}
{{- with .Values.tls.caSecret -}}
- name: ca
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
    items:
      - {key: ca.crt, path: ca.crt}
{{- end -}}
{{- end }}

{{- define "sidecart.caFolder" -}}
/var/run/sidecart/ca
{{- end }}

{{- define "sidecart.caMount" -}}
{{- if .Values.tls.caSecret -}}
- name: ca
  mountPath: {{ include "sidecart.caFolder" . }}
  readOnly: true
{{- end -}}
{{- end }}

{{/* Environment variables with which a Node process trusts these authorities too; empty without them. */}}
{{- define "sidecart.caEnvironment" -}}
{{- if .Values.tls.caSecret -}}
- name: NODE_EXTRA_CA_CERTS
  value: {{ include "sidecart.caFolder" . }}/ca.crt
{{- end -}}
{{- end }}

{{/* Secrets whose connection is not encrypted and verified: one line each. Empty without a cluster. */}}
{{- define "sidecart.plainSecrets" -}}
{{- include "sidecart.make" . -}}
{{- $forms := dict
      "redis" (list (list "enableTLS" "^true$" "true"))
      "rate-limits" (list (list "url" "^rediss://" "rediss://…"))
      "rabbitmq" (list (list "connectionString" "^amqps://" "amqps://…") (list "managementUrl" "^(https://|$)" "https://…"))
      "jetstream" (list (list "natsURL" "^tls://[^,]*(,tls://[^,]*)*$" "tls://…"))
      "kafka" (list (list "disableTls" "^(false|)$" "false"))
      "search" (list (list "url" "^https://" "https://…"))
      "media" (list (list "endpoint" "^(https://|$)" "https://…"))
      "postgres-admin" (list (list "url" "sslmode=verify-full" "sslmode=verify-full")) -}}
{{- range $name, $_ := include "sidecart.neededSecrets" . | fromJson -}}
  {{- $rules := get $forms $name | default list -}}
  {{- if hasSuffix "-db" $name -}}
    {{- $rules = list (list "connectionString" "sslmode=verify-full" "sslmode=verify-full") -}}
  {{- else if hasSuffix "-db-owner" $name -}}
    {{- $rules = list (list "url" "sslmode=verify-full" "sslmode=verify-full") -}}
  {{- end -}}
  {{- $there := get $.Values.found $name -}}
  {{- if and $there (not (hasKey $.Values.made $name)) -}}
    {{- range $rules -}}
      {{- $value := get ($there.data | default dict) (index . 0) | b64dec -}}
      {{- if not (regexMatch (index . 1) $value) }}
  {{ $name }}: {{ index . 0 }} must {{ ternary "contain" "be" (hasPrefix "sslmode" (index . 2)) }} {{ index . 2 }}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}
