{{/* The topics that an app subscribes to, except its dead letters, as JSON: {items: [...]}. Arguments: root, app. */}}
{{- define "sidecart.topicsOf" -}}
{{- $topics := list -}}
{{- range (include "sidecart.componentsOf" . | fromJson).items -}}
  {{- if eq .metadata.name "pubsub" -}}
    {{- range .spec.metadata -}}
      {{- if eq .name "subscriptionScopes" -}}
        {{- range splitList ";" .value -}}
          {{- $scope := splitList "=" . -}}
          {{- if eq (index $scope 0 | trim) $.app -}}
            {{- range index $scope 1 | splitList "," -}}
              {{- $topics = append $topics (trim .) -}}
            {{- end -}}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson (dict "items" (without $topics "" (printf "%s.dead-letters.v1" .app))) -}}
{{- end }}

{{/* KEDA's trigger for one topic of a service, with the names of components/resources/broker and components/setup. Arguments: root, app, topic, keda. */}}
{{- define "sidecart.kedaTrigger" -}}
{{- $lag := .keda.lagThreshold | int | toString -}}
{{- $keda := .root.Values.keda -}}
{{- $broker := .root.Values.broker -}}
{{- $trigger := dict -}}
{{- if eq $broker "redis" -}}
  {{- $trigger = dict "type" "redis-streams" "metadata" (dict "stream" .topic "consumerGroup" .app "lagCount" $lag "activationLagCount" "0") -}}
  {{- if .root.Values.tls.required -}}{{- $_ := set $trigger.metadata "enableTLS" "true" -}}{{- end -}}
{{- else if eq $broker "rabbitmq" -}}
  {{- $trigger = dict "type" "rabbitmq" "metadata" (dict "protocol" "amqp" "queueName" (printf "%s-%s" .app .topic) "mode" "QueueLength" "value" $lag) -}}
{{- else if eq $broker "jetstream" -}}
  {{- $trigger = dict "type" "nats-jetstream" "metadata" (dict "natsServerMonitoringEndpoint" $keda.jetstream.monitoringEndpoint "account" $keda.jetstream.account "stream" (.topic | replace "." "_") "consumer" .app "lagThreshold" $lag) -}}
{{- else -}}
  {{- $trigger = dict "type" "kafka" "metadata" (dict "bootstrapServers" $keda.kafka.bootstrapServers "consumerGroup" .app "topic" .topic "lagThreshold" $lag) -}}
{{- end -}}
{{- if ne $broker "jetstream" -}}
  {{- $_ := set $trigger "authenticationRef" (dict "name" "sidecart-broker") -}}
{{- end -}}
{{- toYaml (list $trigger) -}}
{{- end }}

{{/* "true" when KEDA scales at least one service. */}}
{{- define "sidecart.scaledByEvents" -}}
{{- range $name, $service := include "sidecart.services" . | fromJson -}}
  {{- if and $service.keda.enabled (include "sidecart.topicsOf" (dict "root" $ "app" $name) | fromJson).items -}}true{{- end -}}
{{- end -}}
{{- end }}

{{/* Maps KEDA's parameters to keys of the broker's Secret. */}}
{{- define "sidecart.kedaSecretKeys" -}}
{{- $keys := dict "redis" (dict "address" "host" "username" "username" "password" "password") "rabbitmq" (dict "host" "connectionString") "kafka" (dict "username" "saslUsername" "password" "saslPassword" "ca" "caCert") -}}
{{- get $keys .Values.broker | default dict | toJson -}}
{{- end }}
