{{/* Annotations for the sidecar of an app. local/src/parts/sidecar.ts has the same settings for `npm start`. Arguments: root, name, service. */}}
{{- define "sidecart.daprAnnotations" -}}
{{- $arguments := dict "root" .root "app" .name -}}
{{- $dapr := .root.Values.dapr -}}
{{- $own := .service.dapr -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .name | quote }}
dapr.io/app-port: {{ .service.appPort | int | quote }}
dapr.io/app-protocol: "grpc"
dapr.io/config: {{ .name | quote }}
dapr.io/enable-native-sidecar: "true"
dapr.io/enable-app-health-check: "true"
dapr.io/app-health-probe-interval: "1"
dapr.io/app-health-probe-timeout: "1000"
dapr.io/app-health-threshold: {{ $dapr.appHealthThreshold | int | quote }}
dapr.io/max-body-size: "4Mi"
dapr.io/graceful-shutdown-seconds: {{ $dapr.gracefulShutdownSeconds | int | quote }}
dapr.io/log-level: {{ $own.logLevel | quote }}
dapr.io/log-as-json: "true"
dapr.io/sidecar-listen-addresses: "127.0.0.1"
dapr.io/metrics-port: {{ $dapr.metricsPort | int | quote }}
dapr.io/enable-metrics: "true"
dapr.io/api-token-secret: {{ printf "%s-api-token" .name | quote }}
dapr.io/app-token-secret: {{ printf "%s-app-token" .name | quote }}
dapr.io/disable-builtin-k8s-secret-store: "true"
dapr.io/sidecar-image: {{ $dapr.image | default (include "sidecart.image" (dict "root" .root "image" "daprd")) | quote }}
dapr.io/sidecar-seccomp-profile-type: "RuntimeDefault"
{{- with $own.resources }}
{{- with .requests }}
{{- with .cpu }}
dapr.io/sidecar-cpu-request: {{ . | quote }}
{{- end }}
{{- with .memory }}
dapr.io/sidecar-memory-request: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .limits }}
{{- with .cpu }}
dapr.io/sidecar-cpu-limit: {{ . | quote }}
{{- end }}
{{- with .memory }}
dapr.io/sidecar-memory-limit: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if not .service.actors }}
# Without actors and workflows the sidecar needs neither placement nor scheduler.
dapr.io/placement-host-address: ""
dapr.io/scheduler-host-address: ""
{{- end }}
{{- $mounts := list (printf "kube-api:%s" (include "sidecart.kubeApiFolder" .)) }}
{{- $env := printf "GOMEMLIMIT=%dMiB" ($own.memoryLimitMi | int) }}
{{- if .root.Values.tls.caSecret }}
{{- $mounts = append $mounts (printf "ca:%s" (include "sidecart.caFolder" .)) }}
{{- /* Not SSL_CERT_DIR: Dapr's injector gives such a sidecar runAsNonRoot: false, which restricted Pod Security refuses. */}}
{{- $env = printf "%s,SSL_CERT_FILE=%s/ca.crt" $env (include "sidecart.caFolder" .) }}
{{- end }}
dapr.io/volume-mounts: {{ join "," $mounts | quote }}
{{- $writable := list }}
{{- if (include "sidecart.pluggablesOf" $arguments | fromJson).items }}
{{- $env = printf "%s,DAPR_COMPONENTS_SOCKETS_FOLDER=%s" $env (include "sidecart.socketsFolder" .) }}
{{- $writable = append $writable (printf "dapr-sockets:%s" (include "sidecart.socketsFolder" .)) }}
{{- end }}
{{- if include "sidecart.uses" (merge (dict "type" "bindings.localstorage") $arguments) }}
{{- $writable = append $writable (printf "media:%s" (include "sidecart.mediaFolder" .)) }}
{{- end }}
dapr.io/env: {{ $env | quote }}
{{- with $writable }}
dapr.io/volume-mounts-rw: {{ join "," . | quote }}
{{- end }}
{{- end }}

{{- define "sidecart.socketsFolder" -}}
/var/run/dapr-sockets
{{- end }}

{{/* Environment variables of a service. Arguments: root, name, service. */}}
{{- define "sidecart.environment" -}}
- name: SIDECART_APP_ID
  value: {{ .name | quote }}
- name: SIDECART_APP_PORT
  value: {{ .service.appPort | int | quote }}
- name: SIDECART_METRICS_HOST
  value: 0.0.0.0
- name: SIDECART_METRICS_PORT
  value: {{ .service.metricsPort | int | quote }}
- name: SIDECART_LOG_LEVEL
  value: {{ .service.logLevel | quote }}
- name: SIDECART_DRAIN_DELAY_MS
  value: {{ .service.drainDelayMs | int | quote }}
{{- if .service.http.enabled }}
- name: SIDECART_HTTP_HOST
  value: 0.0.0.0
- name: SIDECART_HTTP_PORT
  value: {{ .service.http.port | int | quote }}
- name: SIDECART_IN_TIME_MS
  value: {{ round (mulf .root.Values.monitoring.rules.latencySeconds 1000) 0 | int | quote }}
{{- end }}
{{- with .root.Values.tracing.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: SIDECART_TRACE_RATIO
  value: {{ $.root.Values.tracing.ratio | quote }}
{{- end }}
{{ include "sidecart.secretVariable" (dict "name" "DAPR_API_TOKEN" "secret" (printf "%s-api-token" .name) "key" "token") }}
{{ include "sidecart.secretVariable" (dict "name" "APP_API_TOKEN" "secret" (printf "%s-app-token" .name) "key" "token") }}
{{ include "sidecart.nodeEnvironment" (dict "heapMi" .service.heapMi) }}
{{- if include "sidecart.countsRates" . }}
{{- include "sidecart.caEnvironment" .root | nindent 0 }}
{{- end }}
{{- range $name, $value := .service.env }}
- name: {{ $name | quote }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* "true" when the app itself connects to Redis, for rate limits. Arguments: root, name. */}}
{{- define "sidecart.countsRates" -}}
{{- range (include "sidecart.configurationOf" (dict "root" .root "app" .name) | fromJson).secrets.scopes -}}
  {{- if has "rate-limits" (.allowedSecrets | default list) -}}true{{- end -}}
{{- end -}}
{{- end }}

{{/* Environment variables of every Node process. Arguments: heapMi (maximum size of the old generation). */}}
{{- define "sidecart.nodeEnvironment" -}}
- name: NODE_OPTIONS
  value: {{ printf "--max-old-space-size=%d" (.heapMi | int) | quote }}
# The postgres binding returns metadata such as `573µs`; grpc-js would log an error at every call.
- name: GRPC_VERBOSITY
  value: NONE
{{- end }}

{{/* A pluggable component as a native sidecar container, so that it listens before daprd looks for sockets. Arguments: root, component. */}}
{{- define "sidecart.pluggableContainer" -}}
- name: {{ .component.image | quote }}
  {{- include "sidecart.ours" (dict "root" .root "image" .component.image) | nindent 2 }}
  restartPolicy: Always
  env:
    - name: DAPR_COMPONENTS_SOCKETS_FOLDER
      value: {{ include "sidecart.socketsFolder" . }}
    # Saved options may contain passwords: in memory, and accessible only to this user.
    - name: SIDECART_OPTIONS_FOLDER
      value: {{ include "sidecart.socketsFolder" . }}/options
    {{- include "sidecart.nodeEnvironment" (dict "heapMi" .component.heapMi) | nindent 4 }}
    {{- include "sidecart.caEnvironment" .root | nindent 4 }}
  {{- with .component.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  startupProbe:
    exec:
      command:
        - node
        - --eval
        - net.connect(process.argv[1]).on("connect", () => process.exit(0)).on("error", () => process.exit(1))
        - {{ include "sidecart.socketsFolder" . }}/{{ .component.type | splitList "." | last }}.sock
    periodSeconds: 2
    timeoutSeconds: 5
    failureThreshold: 60
  volumeMounts:
    - name: dapr-sockets
      mountPath: {{ include "sidecart.socketsFolder" . }}
    {{- include "sidecart.caMount" .root | nindent 4 }}
    {{- if .component.keepsFiles }}
    - name: search
      mountPath: {{ include "sidecart.searchFolder" . }}
    {{- end }}
{{- end }}

{{/* Waits until the Job of this revision has succeeded. */}}
{{- define "sidecart.waitContainer" -}}
- name: wait-for-set-up
  {{- include "sidecart.ours" (dict "root" . "image" "jobs") | nindent 2 }}
  args:
    - ops/src/wait-for-job.ts
    - {{ printf "--job=%s" (include "sidecart.setUpName" .) | quote }}
    - --seconds={{ .Values.setUp.deadlineSeconds | int }}
  resources:
    {{- toYaml .Values.setUp.resources | nindent 4 }}
  volumeMounts:
    {{- include "sidecart.kubeApiMount" . | nindent 4 }}
{{- end }}
