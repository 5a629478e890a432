export const help =
  () => `Tests the Helm chart: lint, schema, renders, policies, monitoring. Uses no cluster by default.

npm run chart [-- --update] [-- --cluster]

  --cluster  tests also on the cluster in KUBECONFIG, in namespaces of its own. Installs missing custom resource
             definitions there and removes them afterwards
  --update   only writes the golden renders: look at what changed in them
  --help
`;
