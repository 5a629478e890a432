export const help =
  () => `Tests the Helm chart: lint, schema, renders, policies, monitoring. No cluster is asked unless you say so.

npm run chart [-- --update] [-- --cluster]

  --cluster  on the cluster that KUBECONFIG names too: in namespaces of its own, and with the custom resource
             definitions that are missing there, for the while
  --update   only write the golden renders anew: look at what changed in them
  --help
`;
