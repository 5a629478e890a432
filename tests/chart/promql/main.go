// Answers questions about PromQL, JSON values a line, by Prometheus' own parser and engine.
//
// An expression, a string: {"metrics", "error"}, what it asks for, or what is wrong with it.
// {"load", "expr", "at"}, series as Prometheus' tests write them and a time in seconds: {"samples", "error"}, what it finds.
// {"rules", "load", "every", "until"}, a file of rules and series: {"alerts", "error"}, what fires by Prometheus' rule manager.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
)

type verdict struct {
	Metrics []string `json:"metrics"`
	Error   string   `json:"error,omitempty"`
}

type question struct {
	Load string `json:"load"`
	Expr string `json:"expr"`
	At   int64  `json:"at"`
}

type sample struct {
	Labels map[string]string `json:"labels"`
	Value  float64           `json:"value"`
}

type finding struct {
	Samples []sample `json:"samples"`
	Error   string   `json:"error,omitempty"`
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for in.More() {
		var asked json.RawMessage
		err := in.Decode(&asked)
		if err == nil {
			err = answer(asked, out)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func answer(asked json.RawMessage, out *json.Encoder) error {
	if asked[0] == '"' {
		var expression string
		if err := json.Unmarshal(asked, &expression); err != nil {
			return err
		}
		return out.Encode(ask(expression))
	}
	var again replay
	if err := json.Unmarshal(asked, &again); err != nil {
		return err
	}
	if again.Rules != "" {
		return out.Encode(run(again))
	}
	var one question
	if err := json.Unmarshal(asked, &one); err != nil {
		return err
	}
	return out.Encode(find(one))
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

// failure is what Prometheus' test storage tells its trouble to.
type failure struct{}

func (failure) Errorf(format string, arguments ...any) { fmt.Fprintf(os.Stderr, format+"\n", arguments...) }
func (failure) FailNow()                               { os.Exit(1) }

func find(asked question) finding {
	storage := promqltest.LoadedStorage(failure{}, asked.Load)
	defer storage.Close()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1_000_000, Timeout: time.Minute, EnableAtModifier: true})
	defer engine.Close()
	said := finding{Samples: []sample{}}
	query, err := engine.NewInstantQuery(context.Background(), storage, nil, asked.Expr, time.Unix(asked.At, 0))
	if err != nil {
		said.Error = err.Error()
		return said
	}
	defer query.Close()
	vector, err := query.Exec(context.Background()).Vector()
	if err != nil {
		said.Error = err.Error()
		return said
	}
	for _, one := range vector {
		said.Samples = append(said.Samples, sample{one.Metric.Map(), one.F})
	}
	return said
}
