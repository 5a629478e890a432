export const help =
  () => `Tries Sidecart on the Kubernetes cluster that KUBECONFIG points at: Dapr has to run there, and the images have to be
loaded or to be had from the registry. It makes a namespace of its own and removes it.

npm run cluster -- [options]

  --registry HOST    where the images are; none
  --tag TAG          their tag; dev
  --next-tag TAG     a version with one more migration, for the upgrade (tests/cluster/README.md); that part is left out
  --servers HOST     takes Postgres, Redis, RabbitMQ, NATS and Elasticsearch from there too, as where nothing can be pulled
  --namespace NAME   sidecart-test; it must not be there yet, unless --keep made it
  --only PART        one part beside the installation; several times
  --seconds N        how long loads last; 60
  --keep             leaves the release and the namespace there

Parts: install, journeys, security, network, refusals, resources, replaced, kills, crashes, upgrade, scaling, swaps,
uninstall
`;
