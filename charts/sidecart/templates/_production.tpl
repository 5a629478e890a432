{{/* Checks of what is unsafe in production. Each fails with the value's name and what to set. */}}
{{- define "sidecart.checkProduction" -}}
{{- with .Values.image -}}
  {{- if not .registry -}}
    {{- fail (printf "image.registry: set the registry of the images; without it, nodes would pull docker.io/%s/…" .repositoryPrefix) -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
  {{- fail "ingress.hosts: name the hosts; without a host, the Ingress would match every host of its controller" -}}
{{- end -}}
{{- if eq .Values.search "embedded" -}}
  {{- fail "search: embedded supports only one pod and is not allowed with environment: production; set search=elasticsearch" -}}
{{- end -}}
{{- if and (eq .Values.media "localstorage") (ne .Values.volumes.media.accessMode "ReadWriteMany") (not .Values.volumes.media.existingClaim) (include "sidecart.componentUsed" (dict "root" . "name" "media")) -}}
  {{- fail "media: localstorage on a volume of one node is not allowed with environment: production; set media=s3, or volumes.media.accessMode=ReadWriteMany" -}}
{{- end -}}
{{- if not .Values.networkPolicy.enabled -}}
  {{- fail "networkPolicy.enabled: production needs the NetworkPolicies; without them every pod of the cluster may connect to the services" -}}
{{- end -}}
{{- include "sidecart.checkProxies" . -}}
{{- include "sidecart.checkEgress" . -}}
{{- end }}

{{/*
The gateway limits requests by the client's address. Behind a proxy it must know how many proxies may state that address,
and only these may connect to it: anybody else could state any address.
*/}}
{{- define "sidecart.checkProxies" -}}
{{- $from := .Values.networkPolicy.ingressFrom -}}
{{- $entrances := list -}}
{{- if .Values.ingress.enabled -}}{{- $entrances = append $entrances "ingress" -}}{{- end -}}
{{- if .Values.gatewayApi.enabled -}}{{- $entrances = append $entrances "gatewayApi" -}}{{- end -}}
{{- range $name, $service := include "sidecart.services" . | fromJson -}}
  {{- $proxies := printf "services.%s.env.SIDECART_TRUSTED_PROXIES" $name -}}
  {{- $trusted := get ($service.env | default dict) "SIDECART_TRUSTED_PROXIES" | default "0" -}}
  {{- if not (regexMatch "^([0-9]|10)$" $trusted) -}}
    {{- fail (printf "%s: %q is not a number from 0 to 10" $proxies $trusted) -}}
  {{- end -}}
  {{- $routed := and $service.http.enabled $service.http.paths $entrances -}}
  {{- if and $routed (eq $trusted "0") -}}
    {{- fail (printf "%s: with %s set the number of proxies in front of it, such as \"1\"; without it all clients count as one address, the proxy's, and share its limits" $proxies (join " and " $entrances)) -}}
  {{- end -}}
  {{- if and $service.http.enabled (or $routed (ne $trusted "0")) -}}
    {{- $why := printf "any other pod could connect to %s and state any client's address" $name -}}
    {{- if not $from -}}
      {{- fail (printf "networkPolicy.ingressFrom: name the pods or addresses of the proxies; otherwise %s" $why) -}}
    {{- end -}}
    {{- with include "sidecart.widePeer" $from -}}
      {{- fail (printf "networkPolicy.ingressFrom: %s is more than the proxies; name their pods or addresses, otherwise %s" . $why) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* Every pod may connect only to the servers that it uses, at their addresses. */}}
{{- define "sidecart.checkEgress" -}}
{{- $policy := .Values.networkPolicy -}}
{{- $rules := dict "apiServer" (list (dict "at" "networkPolicy.apiServer.cidrs" "to" (include "sidecart.blocks" $policy.apiServer.cidrs | fromJsonArray))) -}}
{{- range (include "sidecart.usedServers" . | fromJson).items -}}
  {{- $_ := set $rules . (list (dict "at" (printf "networkPolicy.servers.%s.to" .) "to" (get $policy.servers . | default dict).to)) -}}
{{- end -}}
{{- $extra := list -}}
{{- range $name, $egress := $policy.extraEgress -}}
  {{- range $egress -}}
    {{- $extra = append $extra (dict "at" (printf "networkPolicy.extraEgress.%s" $name) "to" (.to | default list)) -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $rules "extraEgress" $extra -}}
{{- range $name, $entries := $rules -}}
  {{- if not (has $name $policy.wideEgress) -}}
    {{- range $entries -}}
      {{- $at := .at -}}
      {{- $wide := ternary (include "sidecart.widePeer" .to) "every address" (gt (len (.to | default list)) 0) -}}
      {{- with $wide -}}
        {{- fail (printf "%s: production names the addresses, and %s is too wide (more than 4,096 addresses, or all namespaces); set the server's own, or add %s to networkPolicy.wideEgress" $at . $name) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* CIDRs as NetworkPolicyPeers, as JSON. Arguments: a list of CIDRs. */}}
{{- define "sidecart.blocks" -}}
{{- $peers := list -}}
{{- range . -}}{{- $peers = append $peers (dict "ipBlock" (dict "cidr" .)) -}}{{- end -}}
{{- toJson $peers -}}
{{- end }}

{{/* The first of the NetworkPolicyPeers that selects more than 4,096 addresses (IPv6: a /64) or every namespace; else empty. */}}
{{- define "sidecart.widePeer" -}}
{{- $wide := list -}}
{{- range . -}}
  {{- with .ipBlock -}}
    {{- $parts := splitList "/" .cidr -}}
    {{- $least := ternary 64 20 (contains ":" .cidr) -}}
    {{- if or (ne (len $parts) 2) (lt (last $parts | int) $least) -}}
      {{- $wide = append $wide .cidr -}}
    {{- end -}}
  {{- end -}}
  {{- if and (hasKey . "namespaceSelector") (not .namespaceSelector) (not .podSelector) -}}
    {{- $wide = append $wide "namespaceSelector: {}" -}}
  {{- end -}}
{{- end -}}
{{- first $wide | default "" -}}
{{- end }}

{{/* The servers outside the release that its pods connect to, as JSON: {items: [...]}. */}}
{{- define "sidecart.usedServers" -}}
{{- $used := list "postgres" (get (dict "redis" "redis" "rabbitmq" "rabbitmq" "jetstream" "jetstream" "kafka" "kafka") .Values.broker) -}}
{{- range $name, $_ := include "sidecart.services" . | fromJson -}}
  {{- range (include "sidecart.secretsOf" (dict "root" $ "app" $name) | fromJson).items -}}
    {{- $used = append $used (include "sidecart.serverOf" .) -}}
  {{- end -}}
{{- end -}}
{{- if .Values.tracing.endpoint -}}{{- $used = append $used "collector" -}}{{- end -}}
{{- $items := list -}}
{{- range $used | compact | uniq | sortAlpha -}}
  {{- if not (include "sidecart.runsHere" (dict "root" $ "server" .)) -}}{{- $items = append $items . -}}{{- end -}}
{{- end -}}
{{- toJson (dict "items" $items) -}}
{{- end }}

{{/* The pods of a service that may run at once: during a rollout at the autoscaler's maximum. Arguments: service. */}}
{{- define "sidecart.mostPods" -}}
{{- $pods := .replicas | int -}}
{{- if .keda.enabled -}}{{- $pods = .keda.maxReplicas | int -}}
{{- else if .autoscaling.enabled -}}{{- $pods = .autoscaling.maxReplicas | int -}}{{- end -}}
{{- $surge := .maxSurge | toString -}}
{{- if hasSuffix "%" $surge -}}
  {{- add $pods (divf (mulf $pods (trimSuffix "%" $surge | float64)) 100 | ceil | int) -}}
{{- else -}}
  {{- add $pods (int $surge) -}}
{{- end -}}
{{- end }}

{{/* Connections that one sidecar of a service opens to its database: what its Secret says, else postgres.poolSize. Arguments: root, name. */}}
{{- define "sidecart.poolOf" -}}
{{- include "sidecart.lookUp" .root -}}
{{- $data := (get .root.Values.found (printf "%s-db" .name) | default dict).data | default dict -}}
{{- $found := get $data "connectionString" | b64dec | regexFind "pool_max_conns=[0-9]+" -}}
{{- trimPrefix "pool_max_conns=" $found | default (.root.Values.postgres.poolSize | toString) | int -}}
{{- end }}

{{/* The most connections to PostgreSQL, as JSON: {sum, most (of one service), terms: ["orders 8 pods × 8"]}. */}}
{{- define "sidecart.connections" -}}
{{- $sum := 0 -}}
{{- $most := 0 -}}
{{- $terms := list -}}
{{- range $name, $service := include "sidecart.services" . | fromJson -}}
  {{- $pods := include "sidecart.mostPods" $service | int -}}
  {{- $own := 0 -}}
  {{- if $service.database.enabled -}}
    {{- $pool := include "sidecart.poolOf" (dict "root" $ "name" $name) | int -}}
    {{- $own = mul $pods $pool -}}
    {{- $terms = append $terms (printf "%s %d pods × %d" $name $pods $pool) -}}
  {{- end -}}
  {{- if include "sidecart.uses" (dict "root" $ "app" $name "type" "state.postgresql") -}}
    {{- $state := mul $pods ($.Values.postgres.poolSize | int) -}}
    {{- $own = add $own $state -}}
    {{- $terms = append $terms (printf "state of %s %d pods × %d" $name $pods ($.Values.postgres.poolSize | int)) -}}
  {{- end -}}
  {{- $sum = add $sum $own -}}
  {{- $most = max $most $own -}}
{{- end -}}
{{- toJson (dict "sum" $sum "most" $most "terms" $terms) -}}
{{- end }}

{{- define "sidecart.checkConnections" -}}
{{- $wanted := include "sidecart.connections" . | fromJson -}}
{{- $sum := ternary $wanted.most $wanted.sum .Values.postgres.serverPerService | int -}}
{{- $free := sub (.Values.postgres.maxConnections | int) 10 | int -}}
{{- if gt $sum $free -}}
  {{- fail (printf "postgres.maxConnections: %d leaves %d for sidecars, which may open %d during a rollout (%s); lower the replicas or postgres.poolSize (pool_max_conns in the Secrets), or raise max_connections of PostgreSQL and then this value" (.Values.postgres.maxConnections | int) $free $sum (join ", " $wanted.terms)) -}}
{{- end -}}
{{- end }}
