/** Security contexts that the restricted Pod Security Standard requires for the tests' pods. */
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
