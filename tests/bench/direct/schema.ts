/** An exact copy of the parts of our API that the bench uses. */
export const schema = `
type Query {
  product(id: ID!): Product
  products(first: Int = 20): ProductConnection
  orders(first: Int = 20): OrderConnection
  order(id: ID!): Order
}
type Mutation {
  placeOrder(input: PlaceOrderInput!): Order!
}
type ProductConnection {
  nodes: [Product!]!
}
type OrderConnection {
  nodes: [Order!]!
}
type Product {
  id: ID!
  name: String!
  description: String!
  price: Int!
  stock: Int!
}
type Order {
  id: ID!
  userId: ID!
  status: String!
  quantity: Int!
  priceTotal: Int!
  currency: String!
  createdAt: String!
  orderProducts: [OrderProduct!]!
}
type OrderProduct {
  productId: ID!
  name: String!
  quantity: Int!
  price: Int!
}
input PlaceOrderInput {
  orderProducts: [OrderProductInput!]!
  idempotencyKey: String!
}
input OrderProductInput {
  productId: ID!
  quantity: Int!
}`;
