{{/* Looks up the namespace's Secrets once per render: .Values.found has them by name; .Values.asked is whether a cluster was reachable. */}}
{{- define "sidecart.lookUp" -}}
{{- if not (hasKey .Values "found") -}}
  {{- $answer := lookup "v1" "Secret" .Release.Namespace "" -}}
  {{- $found := dict -}}
  {{- range $answer.items | default list -}}
    {{- if ne .type "helm.sh/release.v1" -}}
      {{- $_ := set $found .metadata.name . -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .Values "found" $found -}}
  {{- $_ := set .Values "asked" (hasKey $answer "items") -}}
{{- end -}}
{{- end }}

{{/* The existing value of a key of a Secret, or else the given text. Arguments: root, secret, key, text. */}}
{{- define "sidecart.kept" -}}
{{- $data := (get .root.Values.found .secret | default dict).data | default dict -}}
{{- with get $data .key -}}{{- b64dec . -}}{{- else -}}{{- .text -}}{{- end -}}
{{- end }}

{{/*
A new password. With dev.seed it is derived from the seed and its purpose, so that renders without a cluster (Tilt, GitOps
tools) always get the same one. Arguments: root, of.
*/}}
{{- define "sidecart.newPassword" -}}
{{- with .root.Values.dev.seed -}}
{{- printf "%s %s" . $.of | sha256sum | trunc 32 -}}
{{- else -}}
{{- randAlphaNum 32 -}}
{{- end -}}
{{- end }}

{{/* Secrets that the set-up fills: tokens and signing keys. The release creates them empty, so a rollback restores none. JSON: [names]. */}}
{{- define "sidecart.filledSecrets" -}}
{{- $names := list "accounts-signing-keys" -}}
{{- range $name, $_ := include "sidecart.services" . | fromJson -}}
  {{- $names = concat $names (list (printf "%s-api-token" $name) (printf "%s-app-token" $name)) -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}

{{/* The token Secrets that the set-up fills, because the release makes them. JSON: [names]. */}}
{{- define "sidecart.filledTokens" -}}
{{- include "sidecart.make" . -}}
{{- $names := list -}}
{{- range without (include "sidecart.filledSecrets" . | fromJsonArray) "accounts-signing-keys" | sortAlpha -}}
  {{- if hasKey $.Values.made . -}}{{- $names = append $names . -}}{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}

{{/*
The Secrets that this release creates, as .Values.made: name → key → text. They are created once per render, so that all
uses of a password are equal, and later releases keep them. An existing Secret with such a name that the release does not
own is used unchanged.
*/}}
{{- define "sidecart.make" -}}
{{- if not (hasKey .Values "made") -}}
  {{- include "sidecart.lookUp" . -}}
  {{- $made := dict -}}
  {{- if .Values.secrets.generate -}}
    {{- range include "sidecart.filledSecrets" . | fromJsonArray -}}
      {{- $_ := set $made . dict -}}
    {{- end -}}
    {{- if .Values.dev.enabled -}}
      {{- $made = include "sidecart.devSecrets" . | fromJson | merge $made -}}
    {{- end -}}
  {{- end -}}
  {{- $kept := dict -}}
  {{- range $secret, $values := $made -}}
    {{- $there := get $.Values.found $secret | default dict -}}
    {{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-name" "" $there -}}
    {{- if or (not $there) (eq $owner $.Release.Name) -}}
      {{- $own := dict -}}
      {{- range $key, $text := $values -}}
        {{- $_ := set $own $key (include "sidecart.kept" (dict "root" $ "secret" $secret "key" $key "text" $text)) -}}
      {{- end -}}
      {{- $_ := set $kept $secret $own -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .Values "made" $kept -}}
{{- end -}}
{{- end }}

{{/* Secrets of the development servers and of the first admin, as JSON: name → key → text. */}}
{{- define "sidecart.devSecrets" -}}
{{- $made := dict -}}
{{- if .Values.dev.postgres.enabled -}}
  {{- $admin := include "sidecart.keptPassword" (dict "root" . "secret" "postgres-admin") -}}
  {{- $_ := set $made "postgres-admin" (dict "password" $admin "url" (printf "postgres://postgres:%s@postgres:5432/postgres" $admin)) -}}
  {{- range $name, $service := include "sidecart.services" . | fromJson -}}
    {{- if $service.database.enabled -}}
      {{- $database := include "sidecart.databaseName" $name -}}
      {{- $role := include "sidecart.runtimeRole" (dict "name" $name "service" $service) -}}
      {{- $words := printf "host=postgres port=5432 user=%s password=%s database=%s pool_max_conns=8 statement_timeout=5000" $role (include "sidecart.newPassword" (dict "root" $ "of" $role)) $database -}}
      {{- $_ := set $made (printf "%s-db" $name) (dict "connectionString" $words) -}}
      {{- $_ := set $made (printf "%s-db-owner" $name) (dict "url" (printf "postgres://%s:%s@postgres:5432/%s" $database (include "sidecart.newPassword" (dict "root" $ "of" $database)) $database)) -}}
    {{- end -}}
  {{- end -}}
  {{- if and (eq .Values.state "postgresql") (include "sidecart.componentUsed" (dict "root" . "name" "state")) -}}
    {{- $_ := set $made "state-db" (dict "connectionString" (printf "postgres://sidecart_state:%s@postgres:5432/sidecart_state" (include "sidecart.newPassword" (dict "root" . "of" "state-db")))) -}}
  {{- end -}}
{{- end -}}
{{- if .Values.dev.redis.enabled -}}
  {{- $password := include "sidecart.keptPassword" (dict "root" . "secret" "redis" "key" "password") -}}
  {{- $counting := include "sidecart.keptPassword" (dict "root" . "secret" "rate-limits") -}}
  {{- $settings := printf "requirepass %s\nappendonly yes\nmaxmemory-policy noeviction\nprotected-mode no\ndir /data\nuser sidecart-rate-limits on >%s %s\n" $password $counting (include "sidecart.rateLimitRules" .) -}}
  {{- $_ := set $made "redis" (dict "host" "redis:6379" "username" "" "password" $password "enableTLS" "false" "redis.conf" $settings) -}}
  {{- $_ := set $made "rate-limits" (dict "password" $counting "url" (printf "redis://sidecart-rate-limits:%s@redis:6379" $counting)) -}}
{{- end -}}
{{- if and (eq .Values.broker "rabbitmq") .Values.dev.rabbitmq.enabled -}}
  {{- $password := include "sidecart.keptPassword" (dict "root" . "secret" "rabbitmq") -}}
  {{- $login := printf "sidecart:%s" $password -}}
  {{- $_ := set $made "rabbitmq" (dict "password" $password "connectionString" (printf "amqp://%s@rabbitmq:5672" $login) "managementUrl" (printf "http://%s@rabbitmq:15672" $login)) -}}
{{- end -}}
{{- if and (eq .Values.search "elasticsearch") .Values.dev.elasticsearch.enabled -}}
  {{- $_ := set $made "search" (dict "url" "http://elasticsearch:9200" "username" "" "password" "") -}}
{{- end -}}
{{- $_ := set $made "accounts-first-admin" (dict "email" .Values.dev.firstAdminEmail "password" (include "sidecart.newPassword" (dict "root" . "of" "first-admin"))) -}}
{{- toJson $made -}}
{{- end }}

{{/* What the user of the gateway's rate limits may do: count. local/src/parts/redis.ts has the same. */}}
{{- define "sidecart.rateLimitRules" -}}
resetkeys ~sidecart:rate:* resetchannels -@all +@connection -@dangerous +info +incrby +pttl +pexpire +eval +evalsha
{{- end }}

{{- define "sidecart.keptPassword" -}}
{{- include "sidecart.kept" (dict "root" .root "secret" .secret "key" "password" "text" (include "sidecart.newPassword" (dict "root" .root "of" .secret))) -}}
{{- end }}

{{/* Every Secret that this release reads, with its required keys. JSON: name → [keys]. */}}
{{- define "sidecart.neededSecrets" -}}
{{- $needed := dict "accounts-first-admin" (list "email" "password") "accounts-signing-keys" list -}}
{{- if include "sidecart.administers" . -}}
  {{- $_ := set $needed "postgres-admin" (list "url") -}}
{{- end -}}
{{- range $server, $key := dict "postgres" "password" "redis" "redis.conf" "rabbitmq" "password" -}}
  {{- if include "sidecart.runsHere" (dict "root" $ "server" $server) -}}
    {{- $secret := ternary "postgres-admin" $server (eq $server "postgres") -}}
    {{- $_ := set $needed $secret (append (get $needed $secret | default list) $key) -}}
  {{- end -}}
{{- end -}}
{{- with .Values.tls.caSecret -}}
  {{- $_ := set $needed . (list "ca.crt") -}}
{{- end -}}
{{- $optional := list "username" "managementUrl" "saslUsername" "saslPassword" "saslMechanism" "disableTls" "caCert" -}}
{{- range $name, $service := include "sidecart.services" . | fromJson -}}
  {{- range $kind := list "api" "app" -}}
    {{- $_ := set $needed (printf "%s-%s-token" $name $kind) (list "token") -}}
  {{- end -}}
  {{- if $service.database.enabled -}}
    {{- $_ := set $needed (printf "%s-db-owner" $name) (list "url") -}}
  {{- end -}}
  {{- range (include "sidecart.secretsOf" (dict "root" $ "app" $name) | fromJson).items -}}
    {{- $_ := set $needed . (get $needed . | default list) -}}
  {{- end -}}
  {{- range (include "sidecart.configurationOf" (dict "root" $ "app" $name) | fromJson).secrets.scopes -}}
    {{- if has "rate-limits" (.allowedSecrets | default list) -}}
      {{- $_ := set $needed "rate-limits" (list "url") -}}
    {{- end -}}
  {{- end -}}
  {{- range (include "sidecart.componentsOf" (dict "root" $ "app" $name) | fromJson).items -}}
    {{- range .spec.metadata | default list -}}
      {{- with .secretKeyRef -}}
        {{- if not (has .key $optional) -}}
          {{- $_ := set $needed .name (append (get $needed .name | default list) .key | uniq) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $needed -}}
{{- end }}

{{/* Required Secrets and keys that neither exist nor are created here: one line each. Empty without a cluster. */}}
{{- define "sidecart.missingSecrets" -}}
{{- include "sidecart.make" . -}}
{{- if .Values.asked -}}
  {{- range $name, $keys := include "sidecart.neededSecrets" . | fromJson -}}
    {{- if not (hasKey $.Values.made $name) -}}
      {{- $there := get $.Values.found $name -}}
      {{- if not $there }}
  {{ $name }}{{ with $keys }}: {{ join ", " . }}{{ end }}
      {{- else -}}
        {{- range $key := $keys -}}
          {{- if not (hasKey ($there.data | default dict) $key) }}
  {{ $name }}: {{ $key }}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/*
Names of Secrets, separated by spaces, that this release reads and an earlier revision created, but that this revision no
longer creates. Helm would delete them unless they have the annotation helm.sh/resource-policy=keep.
*/}}
{{- define "sidecart.droppedSecrets" -}}
{{- include "sidecart.make" . -}}
{{- $dropped := list -}}
{{- range $name := include "sidecart.neededSecrets" . | fromJson | keys | sortAlpha -}}
  {{- if not (hasKey $.Values.made $name) -}}
    {{- $annotations := dig "metadata" "annotations" dict (get $.Values.found $name | default dict) | default dict -}}
    {{- $own := eq (get $annotations "meta.helm.sh/release-name") $.Release.Name -}}
    {{- if and $own (ne (get $annotations "helm.sh/resource-policy") "keep") -}}
      {{- $dropped = append $dropped $name -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- join " " $dropped -}}
{{- end }}

{{/*
A checksum of the Secrets that an app reads at its start. Signing keys are reloaded at run time. Tokens that the set-up fills
do not count: their first value appears after this render, and who rotates one restarts the pods. Arguments: root, app.
*/}}
{{- define "sidecart.secretsChecksum" -}}
{{- include "sidecart.make" .root -}}
{{- $seen := dict -}}
{{- $filled := include "sidecart.filledTokens" .root | fromJsonArray -}}
{{- $tokens := list (printf "%s-api-token" .app) (printf "%s-app-token" .app) -}}
{{- range concat (include "sidecart.secretsOf" . | fromJson).items $tokens -}}
  {{- if and (ne . "accounts-signing-keys") (not (has . $filled)) -}}
    {{- if hasKey $.root.Values.made . -}}
      {{- $_ := set $seen . (get $.root.Values.made .) -}}
    {{- else -}}
      {{- $_ := set $seen . ((get $.root.Values.found . | default dict).data | default dict) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $seen | sha256sum -}}
{{- end }}
