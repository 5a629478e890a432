package main

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

type option struct{ list bool }

func (evaluation *Evaluation) configModule() starlark.Value {
	define := func(list bool) function {
		return func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var name, usage string
			err := starlark.UnpackArgs("config.define", args, kwargs, "name", &name, "usage?", &usage)
			evaluation.options[name] = &option{list: list}
			return starlark.None, err
		}
	}
	members := starlark.StringDict{"tilt_subcommand": starlark.String(evaluation.subcommand)}
	for name, call := range map[string]function{
		"define_string": define(false), "define_string_list": define(true), "parse": evaluation.parse,
	} {
		members[name] = starlark.NewBuiltin(name, func(
			thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
		) (starlark.Value, error) {
			return call(thread, args, kwargs)
		})
	}
	return starlarkstruct.FromStringDict(starlark.String("config"), members)
}

// The arguments after `tilt up --`: each option is followed by a space or an equals sign and its value.
func (evaluation *Evaluation) parse(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	given := starlark.NewDict(len(evaluation.arguments))
	for words := evaluation.arguments; len(words) > 0; {
		name, value, joined := strings.Cut(strings.TrimPrefix(words[0], "--"), "=")
		words = words[1:]
		known := evaluation.options[name]
		if known == nil {
			return nil, fmt.Errorf("unknown flag: --%s", name)
		}
		if !joined {
			if len(words) == 0 {
				return nil, fmt.Errorf("flag needs an argument: --%s", name)
			}
			value, words = words[0], words[1:]
		}
		var entry starlark.Value = starlark.String(value)
		if known.list {
			entry = starlark.NewList([]starlark.Value{entry})
			if before, ok, _ := given.Get(starlark.String(name)); ok {
				list := before.(*starlark.List)
				if err := list.Append(starlark.String(value)); err != nil {
					return nil, err
				}
				entry = list
			}
		}
		if err := given.SetKey(starlark.String(name), entry); err != nil {
			return nil, err
		}
	}
	return given, nil
}
