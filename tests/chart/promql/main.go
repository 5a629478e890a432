// Reads PromQL expressions as JSON strings, one a line, and answers for each the metrics that it asks for, or what is
// wrong with it: {"metrics", "error"} a line. By Prometheus' own parser.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/prometheus/prometheus/promql/parser"
)

type verdict struct {
	Metrics []string `json:"metrics"`
	Error   string   `json:"error,omitempty"`
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for in.More() {
		var expression string
		err := in.Decode(&expression)
		if err == nil {
			err = out.Encode(ask(expression))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func ask(expression string) verdict {
	said := verdict{Metrics: []string{}}
	parsed, err := parser.ParseExpr(expression)
	if err != nil {
		said.Error = err.Error()
		return said
	}
	for _, selectors := range parser.ExtractSelectors(parsed) {
		for _, matcher := range selectors {
			if matcher.Name == "__name__" {
				said.Metrics = append(said.Metrics, matcher.Value)
			}
		}
	}
	return said
}
