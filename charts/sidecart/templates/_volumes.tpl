{{/* The source of a volume: a claim, or an emptyDir that is deleted with the pod. Arguments: root, volume. */}}
{{- define "sidecart.volumeSource" -}}
{{- $volume := get .root.Values.volumes .volume -}}
{{- if or $volume.existingClaim $volume.persistent -}}
persistentVolumeClaim:
  claimName: {{ $volume.existingClaim | default (printf "sidecart-%s" .volume) | quote }}
{{- else -}}
emptyDir:
  sizeLimit: {{ $volume.size | quote }}
{{- end }}
{{- end }}

{{/* A claim of this release. Arguments: root, name, volume (size, storageClass, accessMode, keep). */}}
{{- define "sidecart.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "sidecart.metadata" (dict "root" .root "name" .name "component" "volume") | nindent 2 }}
  {{- if .volume.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
spec:
  accessModes: [{{ .volume.accessMode | default "ReadWriteOnce" }}]
  {{- with .volume.storageClass }}
  storageClassName: {{ . | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ .volume.size | quote }}
{{- end }}
