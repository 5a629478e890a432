export const help =
  () => `Creates and checks what Dapr components need before a sidecar loads them: streams, topics, queues, limits.
It is idempotent.

npm run set-up -- --component FILE… --secrets PATH

  --component FILE         YAML file of a component; repeat it for each file
  --secrets PATH           the secrets that the YAML refers to: a JSON file {name: {key: value}}, or a folder with
                           <name>/<key> as Kubernetes mounts them
  --replicas NUMBER        replicas of every stream (JetStream) or new topic (Kafka); default 1, use 3 in production
  --partitions NUMBER      partitions of a new topic (Kafka); default 8
  --retention-hours HOURS  how long the broker keeps events (JetStream, Kafka); default 168
  --help

SIDECART_WAIT_SECONDS: how long to wait for a server that is not available yet; default 0.

The defaults apply only to new streams and topics. An existing one changes only when an option is given.

An error is one line on standard error, with the component, the cause and the fix; the exit code is then 1.
`;
