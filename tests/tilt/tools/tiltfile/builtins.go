package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.yaml.in/yaml/v3"
)

type function func(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

func (evaluation *Evaluation) makeBuiltins() starlark.StringDict {
	builtins := starlark.StringDict{
		"config":              evaluation.configModule(),
		"struct":              starlark.NewBuiltin("struct", starlarkstruct.Make),
		"TRIGGER_MODE_AUTO":   starlark.String("auto"),
		"TRIGGER_MODE_MANUAL": starlark.String("manual"),
		"os": starlarkstruct.FromStringDict(starlark.String("os"), starlark.StringDict{
			"path": starlarkstruct.FromStringDict(starlark.String("path"), starlark.StringDict{
				"exists": starlark.NewBuiltin("exists", evaluation.exists),
			}),
		}),
	}
	for name := range recorded {
		builtins[name] = evaluation.record(name)
	}
	for name := range described {
		builtins[name] = describe(name)
	}
	for name, call := range map[string]function{
		"k8s_context": func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.String(evaluation.context), nil
		},
		"local": evaluation.local, "helm": evaluation.helm,
		"read_file": evaluation.readFile, "read_yaml": evaluation.readYAML, "read_json": evaluation.readYAML,
		"decode_yaml_stream": decodeStream, "encode_yaml": encode, "encode_yaml_stream": encode,
	} {
		builtins[name] = starlark.NewBuiltin(name, func(
			thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
		) (starlark.Value, error) {
			return call(thread, args, kwargs)
		})
	}
	return builtins
}

func (evaluation *Evaluation) local(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var command starlark.Value
	var forWindows, quiet, echoOff starlark.Value
	err := starlark.UnpackArgs("local", args, kwargs,
		"command", &command, "command_bat?", &forWindows, "quiet?", &quiet, "echo_off?", &echoOff)
	if err != nil {
		return nil, err
	}
	words := []string{"sh", "-c"}
	if text, ok := starlark.AsString(command); ok {
		return evaluation.output(thread, append(words, text))
	}
	words, err = texts(command)
	if err != nil {
		return nil, err
	}
	return evaluation.output(thread, words)
}

// The same call as in Tilt's internal/tiltfile/helm.go.
func (evaluation *Evaluation) helm(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var chart, name, namespace, version string
	var files, settings starlark.Value = starlark.NewList(nil), starlark.NewList(nil)
	err := starlark.UnpackArgs("helm", args, kwargs, "chart", &chart, "name?", &name, "namespace?", &namespace,
		"values?", &files, "set?", &settings, "kube_version?", &version)
	if err != nil {
		return nil, err
	}
	words := []string{"helm", "template", name, evaluation.absolute(thread, chart), "--namespace", namespace,
		"--kube-version", version, "--include-crds"}
	for flag, values := range map[string]starlark.Value{"--values": files, "--set": settings} {
		given, err := texts(values)
		if err != nil {
			return nil, err
		}
		for _, value := range given {
			words = append(words, flag, value)
		}
	}
	return evaluation.output(thread, words)
}

func (evaluation *Evaluation) output(thread *starlark.Thread, words []string) (starlark.Value, error) {
	command := exec.Command(words[0], words[1:]...)
	command.Dir = evaluation.absolute(thread, ".")
	var problem bytes.Buffer
	command.Stderr = &problem
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, problem.String())
	}
	return starlark.String(output), nil
}

func (evaluation *Evaluation) readFile(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var path string
	if err := starlark.UnpackArgs("read_file", args, kwargs, "file_path", &path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(evaluation.absolute(thread, path))
	return starlark.String(text), err
}

// JSON is YAML too.
func (evaluation *Evaluation) readYAML(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var path string
	var otherwise starlark.Value
	if err := starlark.UnpackArgs("read_yaml", args, kwargs, "path", &path, "default?", &otherwise); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(evaluation.absolute(thread, path))
	if os.IsNotExist(err) && otherwise != nil {
		return otherwise, nil
	}
	if err != nil {
		return nil, err
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	return fromPlain(value)
}

func (evaluation *Evaluation) exists(
	thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
) (starlark.Value, error) {
	var path string
	if err := starlark.UnpackArgs("exists", args, kwargs, "path", &path); err != nil {
		return nil, err
	}
	_, err := os.Stat(evaluation.absolute(thread, path))
	return starlark.Bool(err == nil), nil
}

func decodeStream(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	if err := starlark.UnpackArgs("decode_yaml_stream", args, kwargs, "yaml", &text); err != nil {
		return nil, err
	}
	found := starlark.NewList(nil)
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var value any
		if err := decoder.Decode(&value); err != nil {
			if err.Error() == "EOF" {
				return found, nil
			}
			return nil, err
		}
		if value == nil {
			continue
		}
		document, err := fromPlain(value)
		if err == nil {
			err = found.Append(document)
		}
		if err != nil {
			return nil, err
		}
	}
}

// The Tiltfile passes the result only to k8s_yaml, so JSON is sufficient and easier to parse in a test.
func encode(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var value starlark.Value
	if err := starlark.UnpackArgs("encode_yaml", args, kwargs, "obj", &value); err != nil {
		return nil, err
	}
	plain, err := toPlain(value)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(plain)
	return starlark.String(text), err
}
