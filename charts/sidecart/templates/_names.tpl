{{/* Labels of an object. Arguments: root, name, component. */}}
{{- define "sidecart.labels" -}}
{{ include "sidecart.selector" . }}
app.kubernetes.io/part-of: sidecart
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
{{- with .component }}
app.kubernetes.io/component: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The immutable labels that select an object's pods. */}}
{{- define "sidecart.selector" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- end }}

{{/* The metadata of an object in the release's namespace. */}}
{{- define "sidecart.metadata" -}}
name: {{ .as | default .name | quote }}
namespace: {{ .root.Release.Namespace | quote }}
labels:
  {{- include "sidecart.labels" . | nindent 2 }}
{{- end }}

{{/* The full name of an image of Sidecart. Arguments: root, image. */}}
{{- define "sidecart.image" -}}
{{- with .root.Values.image -}}
{{- $repository := compact (list .registry .repositoryPrefix $.image) | join "/" -}}
{{- $digest := get .digests $.image -}}
{{- ternary (printf "%s@%s" $repository $digest) (printf "%s:%s" $repository (.tag | default $.root.Chart.AppVersion)) (ne $digest "") -}}
{{- end -}}
{{- end }}

{{/* Image, pull policy and security context of a container. Arguments: root, image; writable: its root file system is writable. */}}
{{- define "sidecart.ours" -}}
image: {{ include "sidecart.image" . | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- $context := deepCopy .root.Values.containerSecurityContext }}
  {{- if .writable }}
    {{- $_ := set $context "readOnlyRootFilesystem" false }}
  {{- end }}
  {{- toYaml $context | nindent 2 }}
{{- end }}

{{/* Settings of every pod of the release. */}}
{{- define "sidecart.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A volume with the token, CA and namespace for the Kubernetes API. Only containers that mount it can call the API. */}}
{{- define "sidecart.kubeApiVolume" -}}
- name: kube-api
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}

{{- define "sidecart.kubeApiFolder" -}}
/var/run/secrets/kubernetes.io/serviceaccount
{{- end }}

{{- define "sidecart.kubeApiMount" -}}
- name: kube-api
  mountPath: {{ include "sidecart.kubeApiFolder" . }}
  readOnly: true
{{- end }}

{{/* An environment variable from a key of a Secret. Arguments: name, secret, key. */}}
{{- define "sidecart.secretVariable" -}}
- name: {{ .name | quote }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret | quote }}
      key: {{ .key | quote }}
{{- end }}

{{/*
An id that distinguishes this installation from earlier and later ones with the same name: five random letters in a
ConfigMap, which uninstall deletes. Empty when Helm has no access to a cluster.
*/}}
{{- define "sidecart.installation" -}}
{{- include "sidecart.lookUp" . -}}
{{- if not (hasKey .Values "installation") -}}
  {{- $id := "" -}}
  {{- if .Values.asked -}}
    {{- $there := lookup "v1" "ConfigMap" .Release.Namespace "sidecart-installation" | default dict -}}
    {{- $id = dig "data" "id" (randAlphaNum 32 | sha256sum | trunc 5) $there -}}
  {{- end -}}
  {{- $_ := set .Values "installation" $id -}}
{{- end -}}
{{- .Values.installation -}}
{{- end }}

{{/* The name of a revision's set-up Job. It differs from Jobs that an earlier installation left. Arguments: root, revision. */}}
{{- define "sidecart.setUpOf" -}}
sidecart-set-up-{{ .revision }}{{ with include "sidecart.installation" .root }}-{{ . }}{{ end }}
{{- end }}

{{/* The name of this revision's set-up Job. Pods of this revision start when it has succeeded. */}}
{{- define "sidecart.setUpName" -}}
{{- with .Values.setUp.suffix -}}
sidecart-set-up-{{ . }}
{{- else -}}
{{- include "sidecart.setUpOf" (dict "root" . "revision" .Release.Revision) -}}
{{- end -}}
{{- end }}

{{/* Binds the Role with this name to the ServiceAccount with the same name. Arguments: root, name, component. */}}
{{- define "sidecart.roleBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "sidecart.metadata" . | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name | quote }}
subjects:
  - kind: ServiceAccount
    name: {{ .name | quote }}
    namespace: {{ .root.Release.Namespace | quote }}
{{- end }}
