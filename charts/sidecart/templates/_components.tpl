{{/* Parses a resource file. */}}
{{- define "sidecart.resource" -}}
{{- $resource := .root.Files.Get .path | fromYaml -}}
{{- if hasKey $resource "Error" -}}
  {{- fail (printf "%s: %s" .path $resource.Error) -}}
{{- end -}}
{{- toJson $resource -}}
{{- end }}

{{/*
The Dapr resources of the selected backends, as JSON: {items: [...]}. The same files as for `npm start`, with this chart's
paths. A shared component is for the services that use it; without one it is left out, because Dapr reads no scopes as all.
*/}}
{{- define "sidecart.resources" -}}
{{- $items := list -}}
{{- $services := include "sidecart.services" . | fromJson -}}
{{- $chosen := list "base" (printf "broker/%s" .Values.broker) (printf "state/%s" .Values.state) (printf "search/%s" .Values.search) (printf "media/%s" .Values.media) "secrets/kubernetes" -}}
{{- range $folder := $chosen -}}
  {{- $found := $.Files.Glob (printf "resources/%s/*.yaml" $folder) -}}
  {{- if not $found -}}
    {{- fail (printf "components/resources/%s contains no Dapr resources" $folder) -}}
  {{- end -}}
  {{- range $path, $_ := $found -}}
    {{- $item := include "sidecart.resource" (dict "root" $ "path" $path) | fromJson -}}
    {{- $shared := splitList "/" $folder | first -}}
    {{- if has $shared (list "state" "search" "media") -}}
      {{- $users := list -}}
      {{- range $name, $service := $services -}}
        {{- if get $service $shared -}}{{- $users = append $users $name -}}{{- end -}}
      {{- end -}}
      {{- $_ := set $item "scopes" $users -}}
      {{- if $users -}}{{- $items = append $items $item -}}{{- end -}}
    {{- else -}}
      {{- $items = append $items $item -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range .Values.extraComponents -}}
  {{- $items = append $items (mustMergeOverwrite (dict "apiVersion" "dapr.io/v1alpha1" "kind" "Component") (deepCopy .)) -}}
{{- end -}}
{{- $pool := .Values.postgres.poolSize | int | toString -}}
{{- $paths := dict "state.postgresql" (dict "maxConns" $pool) "bindings.localstorage" (dict "rootPath" (include "sidecart.mediaFolder" .)) "bindings.embedded-search" (dict "path" (printf "%s/search.db" (include "sidecart.searchFolder" .))) -}}
{{- range $items -}}
  {{- $options := get $paths (.spec.type | default "") | default dict -}}
  {{- range $entry := .spec.metadata | default list -}}
    {{- with get $options $entry.name -}}
      {{- $_ := set $entry "value" . -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson (dict "items" $items) -}}
{{- end }}

{{/* The components that an app may use, as JSON: {items: [...]}. Arguments: root, app. */}}
{{- define "sidecart.componentsOf" -}}
{{- $items := list -}}
{{- range (include "sidecart.resources" .root | fromJson).items -}}
  {{- if and (eq .kind "Component") (has $.app (.scopes | default list)) -}}
    {{- $items = append $items . -}}
  {{- end -}}
{{- end -}}
{{- toJson (dict "items" $items) -}}
{{- end }}

{{/* The access policy and secret scopes of an app: {access, secrets}. Without files, no app may call it and it may read no secret. */}}
{{- define "sidecart.configurationOf" -}}
{{- $spec := dict "accessControl" (dict "defaultAction" "deny" "trustDomain" "public") "secrets" (dict "scopes" (list (dict "storeName" "secrets" "defaultAccess" "deny" "allowedSecrets" list))) -}}
{{- range $kind := list "access" "secrets" -}}
  {{- $path := printf "resources/config/%s/%s.yaml" $kind $.app -}}
  {{- if $.root.Files.Get $path -}}
    {{- $found := include "sidecart.resource" (dict "root" $.root "path" $path) | fromJson -}}
    {{- $spec = merge $found.spec $spec -}}
  {{- end -}}
{{- end -}}
{{- range $spec.accessControl.policies | default list -}}
  {{- $_ := set . "namespace" $.root.Release.Namespace -}}
{{- end -}}
{{- toJson $spec -}}
{{- end }}

{{/* Names of the Secrets that an app's sidecar reads for its components and for the app. JSON: {items: [...]}. */}}
{{- define "sidecart.secretsOf" -}}
{{- $names := list -}}
{{- range (include "sidecart.componentsOf" . | fromJson).items -}}
  {{- range .spec.metadata | default list -}}
    {{- with .secretKeyRef -}}
      {{- $names = append $names .name -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range (include "sidecart.configurationOf" . | fromJson).secrets.scopes -}}
  {{- $names = concat $names (.allowedSecrets | default list) -}}
{{- end -}}
{{- toJson (dict "items" ($names | uniq | sortAlpha)) -}}
{{- end }}

{{/* The types of the pluggable components that run beside an app's sidecar. JSON: {items: [...]}. */}}
{{- define "sidecart.pluggablesOf" -}}
{{- $items := list -}}
{{- range (include "sidecart.componentsOf" . | fromJson).items -}}
  {{- $type := .spec.type -}}
  {{- with get $.root.Values.pluggableComponents $type -}}
    {{- $items = append $items (merge (dict "type" $type) .) -}}
  {{- end -}}
{{- end -}}
{{- toJson (dict "items" ($items | uniq)) -}}
{{- end }}

{{/* Mount paths of the volumes of the sidecar (media) and of the search component. */}}
{{- define "sidecart.mediaFolder" -}}
/var/lib/sidecart/media
{{- end }}

{{- define "sidecart.searchFolder" -}}
/var/lib/sidecart/search
{{- end }}

{{/* "true" when a pluggable component of the app mounts the volume `search`, which limits the app to one pod. Arguments: root, app. */}}
{{- define "sidecart.keepsFiles" -}}
{{- range (include "sidecart.pluggablesOf" . | fromJson).items -}}
  {{- if .keepsFiles -}}true{{- end -}}
{{- end -}}
{{- end }}

{{/* "true" when the app has a component of this type. Arguments: root, app, type. */}}
{{- define "sidecart.uses" -}}
{{- range (include "sidecart.componentsOf" . | fromJson).items -}}
  {{- if eq .spec.type $.type -}}true{{- end -}}
{{- end -}}
{{- end }}

{{/* "true" when a service uses the shared component: state, media or search. Arguments: root, name. */}}
{{- define "sidecart.componentUsed" -}}
{{- range include "sidecart.services" .root | fromJson -}}
  {{- if get . $.name -}}true{{- end -}}
{{- end -}}
{{- end }}

{{/* The spec of an app's Configuration, as JSON. Arguments: root, app. */}}
{{- define "sidecart.appConfiguration" -}}
{{- $spec := include "sidecart.configurationOf" . | fromJson -}}
{{- $_ := set $spec "metrics" (dict "enabled" true "http" (dict "increasedCardinality" false)) -}}
{{- /* No hot reload: running sidecars would load a changed Secret or component before the set-up ran, and an error would stop all replicas at once. */ -}}
{{- $_ := set $spec "features" (list (dict "name" "HotReload" "enabled" false)) -}}
{{- with .root.Values.tracing -}}
  {{- if .endpoint -}}
    {{- $url := urlParse .endpoint -}}
    {{- $otel := dict "endpointAddress" $url.host "isSecure" (eq $url.scheme "https") "protocol" "http" -}}
    {{- $_ := set $spec "tracing" (dict "samplingRate" (toString .ratio) "otel" $otel) -}}
  {{- else -}}
    {{- $_ := set $spec "tracing" (dict "samplingRate" "0") -}}
  {{- end -}}
{{- end -}}
{{- toJson $spec -}}
{{- end }}
