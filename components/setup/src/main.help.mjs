export const help =
  () => `Creates and checks what Dapr components need before a sidecar loads them: streams, topics, queues, limits.
It may run again at any time.

npm run set-up -- --component FILE… --secrets PATH

  --component FILE         YAML of a component; once for each
  --secrets PATH           secrets that the YAML refers to: a JSON file {name: {key: value}}, or a folder with
                           <name>/<key> as Kubernetes mounts them
  --replicas NUMBER        copies of every stream (JetStream) or new topic (Kafka); 1, or 3 in production
  --partitions NUMBER      partitions of a new topic (Kafka); 8
  --retention-hours HOURS  how long events wait for whoever has not handled them (JetStream, Kafka); 168
  --help

SIDECART_WAIT_SECONDS: how long a server that is not there yet is waited for; 0.

The figures are for what is new: what exists changes only by an option that is given.

What is wrong is one line on standard error, with the component, the cause and what to do; the exit code is 1 then.
`;
