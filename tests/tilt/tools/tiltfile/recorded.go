package main

import (
	"fmt"

	"go.starlark.net/starlark"
)

// Names of the positional parameters, in Tilt's order (its internal/tiltfile/api/__init__.py). Other parameters are an
// error.
var recorded = map[string]struct{ positional, named []string }{
	"allow_k8s_contexts":  {positional: []string{"contexts"}},
	"ci_settings":         {named: []string{"timeout", "k8s_grace_period", "readiness_timeout"}},
	"k8s_yaml":            {positional: []string{"yaml"}, named: []string{"allow_duplicates"}},
	"k8s_image_json_path": {positional: []string{"paths", "api_version", "kind", "name", "namespace"}},
	"watch_file":          {positional: []string{"file_path"}},
	"docker_build": {
		positional: []string{"ref", "context", "build_args"},
		named:      []string{"dockerfile", "live_update", "ignore", "only", "target"},
	},
	"custom_build": {
		positional: []string{"ref", "command", "deps"},
		named:      []string{"disable_push", "skips_local_docker", "live_update", "ignore"},
	},
	"k8s_resource": {
		positional: []string{"workload", "new_name"},
		named: []string{
			"port_forwards", "trigger_mode", "resource_deps", "objects", "auto_init", "pod_readiness", "links", "labels",
		},
	},
	"local_resource": {
		positional: []string{"name", "cmd"},
		named:      []string{"trigger_mode", "resource_deps", "auto_init", "links", "labels", "allow_parallel"},
	},
}

// The results of these functions are only arguments of the functions above.
var described = map[string]struct{ positional, named []string }{
	"sync":         {positional: []string{"local_path", "remote_path"}},
	"run":          {positional: []string{"cmd", "trigger"}},
	"link":         {positional: []string{"url", "name"}},
	"port_forward": {positional: []string{"local_port", "container_port", "name", "link_path", "host"}},
}

func (evaluation *Evaluation) record(name string) *starlark.Builtin {
	parameters := recorded[name]
	return starlark.NewBuiltin(name, func(
		_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
	) (starlark.Value, error) {
		given, err := named(name, parameters.positional, parameters.named, args, kwargs)
		if err != nil {
			return nil, err
		}
		plain, err := plainDict(given)
		if err != nil {
			return nil, err
		}
		evaluation.calls = append(evaluation.calls, Call{name, plain})
		return starlark.None, nil
	})
}

func describe(name string) *starlark.Builtin {
	parameters := described[name]
	return starlark.NewBuiltin(name, func(
		_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
	) (starlark.Value, error) {
		given, err := named(name, parameters.positional, parameters.named, args, kwargs)
		if err != nil {
			return nil, err
		}
		return given, given.SetKey(starlark.String("is"), starlark.String(name))
	})
}

func named(name string, positional, others []string, args starlark.Tuple, kwargs []starlark.Tuple) (*starlark.Dict, error) {
	if len(args) > len(positional) {
		return nil, fmt.Errorf("%s: got %d arguments, want at most %d", name, len(args), len(positional))
	}
	given := starlark.NewDict(len(args) + len(kwargs))
	for place, value := range args {
		if err := given.SetKey(starlark.String(positional[place]), value); err != nil {
			return nil, err
		}
	}
	known := map[starlark.Value]bool{}
	for _, parameter := range append(append([]string{}, positional...), others...) {
		known[starlark.String(parameter)] = true
	}
	for _, pair := range kwargs {
		if _, twice, _ := given.Get(pair[0]); twice || !known[pair[0]] {
			return nil, fmt.Errorf("%s: unexpected keyword argument %s", name, pair[0])
		}
		if err := given.SetKey(pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return given, nil
}
