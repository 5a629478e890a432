// tiltfile evaluates a Tiltfile like Tilt (go.starlark.net with the same dialect), and prints its calls to Tilt's functions
// as JSON. It really runs the Tiltfile's programs, such as helm.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// The same options as in Tilt's internal/tiltfile/starkit/environment.go.
var dialect = &syntax.FileOptions{Set: true, GlobalReassign: true, Recursion: true, TopLevelControl: true, While: true}

func main() {
	file := flag.String("file", "Tiltfile", "the Tiltfile")
	context := flag.String("context", "kind-sidecart", "the Kubernetes context")
	subcommand := flag.String("subcommand", "up", "up or ci")
	flag.Parse()
	evaluation := newEvaluation(*context, *subcommand, flag.Args())
	path, err := filepath.Abs(*file)
	if err == nil {
		_, err = evaluation.execute(path)
	}
	if failed, ok := err.(*starlark.EvalError); ok {
		err = fmt.Errorf("%s", failed.Backtrace())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(evaluation.calls); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Evaluation is the evaluation of one Tiltfile and the files that it loads.
type Evaluation struct {
	context, subcommand string
	arguments           []string
	options             map[string]*option
	modules             map[string]starlark.StringDict
	builtins            starlark.StringDict
	calls               []Call
}

// Call is a call to one of Tilt's functions.
type Call struct {
	Name      string         `json:"name"`
	Arguments map[string]any `json:"arguments"`
}

func newEvaluation(context, subcommand string, arguments []string) *Evaluation {
	evaluation := &Evaluation{
		context: context, subcommand: subcommand, arguments: arguments,
		options: map[string]*option{}, modules: map[string]starlark.StringDict{}, calls: []Call{},
	}
	evaluation.builtins = evaluation.makeBuiltins()
	return evaluation
}

// As in Tilt, paths are relative to the executing file.
func (evaluation *Evaluation) execute(path string) (starlark.StringDict, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	thread := &starlark.Thread{Name: path, Load: func(_ *starlark.Thread, module string) (starlark.StringDict, error) {
		target := filepath.Join(filepath.Dir(path), module)
		if found, ok := evaluation.modules[target]; ok {
			return found, nil
		}
		found, err := evaluation.execute(target)
		evaluation.modules[target] = found
		return found, err
	}}
	thread.SetLocal("folder", filepath.Dir(path))
	return starlark.ExecFileOptions(dialect, thread, path, source, evaluation.builtins)
}

func (evaluation *Evaluation) absolute(thread *starlark.Thread, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(thread.Local("folder").(string), path)
}
