export const help =
  () => `Tests Sidecart on the Kubernetes cluster in KUBECONFIG. Dapr must run there, and the images must be loaded there or be
in the registry. Creates the namespace NAME, for the part production also NAME-production, and deletes them afterwards.

npm run cluster -- [options]

  --registry HOST    the registry of the images; default: none
  --tag TAG          the tag of the images; default: dev
  --next-tag TAG     a version with one more migration, for the upgrade (tests/cluster/README.md); default: no upgrade
  --servers HOST     a registry for the images of Postgres, Redis, RabbitMQ, NATS and Elasticsearch, where the cluster
                     cannot pull them from the Internet
  --namespace NAME   must not exist, unless --keep left it; default: sidecart-test
  --only PART        runs this part after the installation; may be repeated
  --seconds N        duration of the loads; default: 60
  --keep             keeps the release and the namespace

Parts: install, journeys, security, network, refusals, resources, replaced, kills, crashes, upgrade, scaling, swaps,
production, uninstall
`;
