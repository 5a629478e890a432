// Reads pods as JSON lines, {"name", "spec"} each, and says of each what the restricted Pod Security Standard has against
// it, by the library that the API server's own admission uses: {"name", "reasons"} a line.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type pod struct {
	Name string         `json:"name"`
	Spec corev1.PodSpec `json:"spec"`
}

type verdict struct {
	Name    string   `json:"name"`
	Reasons []string `json:"reasons"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for in.More() {
		var one pod
		if err := in.Decode(&one); err != nil {
			return err
		}
		said := verdict{Name: one.Name, Reasons: []string{}}
		for _, result := range evaluator.EvaluatePod(restricted, &metav1.ObjectMeta{Name: one.Name}, &one.Spec) {
			if !result.Allowed {
				said.Reasons = append(said.Reasons, fmt.Sprintf("%s: %s", result.ForbiddenReason, result.ForbiddenDetail))
			}
		}
		if err := out.Encode(said); err != nil {
			return err
		}
	}
	return nil
}
