/** What the restricted Pod Security Standard asks of the tests' own pods. */
export const restrictedPod = (user: number) => ({
  runAsNonRoot: true,
  runAsUser: user,
  fsGroup: user,
  seccompProfile: { type: "RuntimeDefault" },
});

export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};
