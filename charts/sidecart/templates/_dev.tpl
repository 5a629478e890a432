{{/*
A development server: a Deployment, a Service and, with persistence, a claim. Arguments: root, name, server (its values),
ports (name → number), args, env, files (key of a Secret → path), data (data folder), scratch (folders of temporary files),
probe (a command or the name of a port), readOnly (read-only root file system).
*/}}
{{- define "sidecart.devServer" -}}
{{- $it := dict "root" .root "name" .name "component" "development" -}}
{{- $security := deepCopy .root.Values.containerSecurityContext -}}
{{- $_ := set $security "readOnlyRootFilesystem" .readOnly -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "sidecart.metadata" $it | nindent 2 }}
spec:
  replicas: 1
  revisionHistoryLimit: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      {{- include "sidecart.selector" $it | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "sidecart.labels" $it | nindent 8 }}
    spec:
      {{- include "sidecart.pod" $it | nindent 6 }}
      containers:
        - name: {{ .name | quote }}
          image: {{ .server.image | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          securityContext:
            {{- toYaml (mustMergeOverwrite $security (dict "runAsUser" .server.runAsUser "runAsGroup" .server.runAsUser)) | nindent 12 }}
          {{- with .command }}
          command: {{ toJson . }}
          {{- end }}
          {{- with .args }}
          args: {{ toJson . }}
          {{- end }}
          {{- with .env }}
          env:
            {{- . | nindent 12 }}
          {{- end }}
          ports:
            {{- range $name, $port := .ports }}
            - name: {{ $name }}
              containerPort: {{ $port | int }}
            {{- end }}
          resources:
            {{- toYaml .server.resources | nindent 12 }}
          startupProbe:
            {{- toYaml .probe | nindent 12 }}
            periodSeconds: 2
            timeoutSeconds: 10
            failureThreshold: 90
          readinessProbe:
            {{- toYaml .probe | nindent 12 }}
            periodSeconds: 10
            timeoutSeconds: 10
          volumeMounts:
            - name: data
              mountPath: {{ .data }}
            {{- range .scratch }}
            - name: scratch
              mountPath: {{ . }}
              subPath: {{ . | trimPrefix "/" | replace "/" "-" }}
            {{- end }}
            {{- range $key, $path := .files }}
            - name: files
              mountPath: {{ $path }}
              subPath: {{ $key }}
              readOnly: true
            {{- end }}
      volumes:
        - name: data
          {{- if .server.persistence.enabled }}
          persistentVolumeClaim:
            claimName: sidecart-{{ .name }}
          {{- else }}
          emptyDir:
            sizeLimit: {{ .server.persistence.size | quote }}
          {{- end }}
        - name: scratch
          emptyDir: {}
        {{- if .files }}
        - name: files
          secret:
            secretName: {{ .name }}
            defaultMode: 0440
            items:
              {{- range $key, $_ := .files }}
              - key: {{ $key }}
                path: {{ $key }}
              {{- end }}
        {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "sidecart.metadata" $it | nindent 2 }}
spec:
  selector:
    {{- include "sidecart.selector" $it | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - name: {{ $name }}
      port: {{ $port | int }}
      targetPort: {{ $name }}
    {{- end }}
{{- if .server.persistence.enabled }}
---
{{ include "sidecart.claim" (dict "root" .root "name" (printf "sidecart-%s" .name) "volume" .server.persistence) }}
{{- end }}
{{- end }}
