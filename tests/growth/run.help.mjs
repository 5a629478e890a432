export const defaultSizes = "1000,100000,1000000";

export const help = () => `Measures the cost of operations as the data grow, on its own PostgreSQL and sidecars.

npm run growth [-- options] [PART…]

  --sizes N,N,N      numbers of products, orders and accounts; default: ${defaultSizes}

Parts: catalog, orders, accounts, hot-product, retention, churn. The results go to docs/evidence/growth-DATE.md.
`;
