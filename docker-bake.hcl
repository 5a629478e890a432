# `docker buildx bake` builds every image, `docker buildx bake orders` one of them, with `--load` into Docker, with `--push`
# into the registry. Each variable is also read from the environment.

variable "REGISTRY" {
  default     = ""
  description = "In front of the names: ghcr.io/acme"
}

variable "TAG" {
  default     = "dev"
  description = "Behind the names: the version that is released"
}

variable "PLATFORMS" {
  default     = "linux/amd64,linux/arm64"
  description = "With --load one only"
}

variable "SOURCE" {
  default     = ""
  description = "Where the repository is, for people: https://github.com/acme/sidecart"
}

variable "REVISION" {
  default     = ""
  description = "git rev-parse HEAD"
}

variable "SOURCE_DATE_EPOCH" {
  default     = "0"
  description = "git log -1 --format=%ct: the time that images and their files bear"
}

group "default" {
  targets = ["image", "daprd"]
}

target "base" {
  platforms = split(",", PLATFORMS)
  args = {
    VERSION           = TAG
    SOURCE            = SOURCE
    REVISION          = REVISION
    CREATED           = timeadd("1970-01-01T00:00:00Z", "${SOURCE_DATE_EPOCH}s")
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  attest = ["type=sbom", "type=provenance,mode=max"]
  # Files of base images and folders that COPY makes bear the same time, so that a second build gives the same digest.
  output = ["type=image,rewrite-timestamp=true"]
}

target "image" {
  inherits = ["base"]
  name     = image.name
  matrix = {
    image = [
      { name = "accounts", workspace = "services/accounts" },
      { name = "catalog", workspace = "services/catalog" },
      { name = "component-elasticsearch", workspace = "components/elasticsearch" },
      { name = "component-embedded-search", workspace = "components/embedded-search" },
      { name = "component-environment-secrets", workspace = "components/environment-secrets" },
      { name = "gateway", workspace = "gateway" },
      { name = "jobs", workspace = "charts/jobs" },
      { name = "orders", workspace = "services/orders" },
    ]
  }
  args = { SERVICE = image.workspace }
  tags = [tag(image.name)]
}

target "daprd" {
  inherits = ["base"]
  target   = "daprd"
  tags     = [tag("daprd")]
}

function "tag" {
  params = [name]
  result = "${REGISTRY == "" ? "" : "${REGISTRY}/"}sidecart/${name}:${TAG}"
}
