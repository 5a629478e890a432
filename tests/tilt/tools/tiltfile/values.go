package main

import (
	"fmt"
	"sort"

	"go.starlark.net/starlark"
)

func texts(value starlark.Value) ([]string, error) {
	if text, ok := starlark.AsString(value); ok {
		return []string{text}, nil
	}
	items, ok := value.(starlark.Iterable)
	if !ok {
		return nil, fmt.Errorf("%s is no list of strings", value.Type())
	}
	found := []string{}
	for item := range starlark.Elements(items) {
		text, ok := starlark.AsString(item)
		if !ok {
			return nil, fmt.Errorf("%s in a list of strings", item.Type())
		}
		found = append(found, text)
	}
	return found, nil
}

func toPlain(value starlark.Value) (any, error) {
	switch value := value.(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(value), nil
	case starlark.Int:
		number, _ := value.Int64()
		return number, nil
	case starlark.Float:
		return float64(value), nil
	case starlark.String:
		return string(value), nil
	case *starlark.Dict:
		return plainDict(value)
	case starlark.Iterable:
		items := []any{}
		for item := range starlark.Elements(value) {
			plain, err := toPlain(item)
			if err != nil {
				return nil, err
			}
			items = append(items, plain)
		}
		return items, nil
	}
	return nil, fmt.Errorf("%s cannot be handed to Tilt", value.Type())
}

func plainDict(dict *starlark.Dict) (map[string]any, error) {
	plain := map[string]any{}
	for _, pair := range dict.Items() {
		key, ok := starlark.AsString(pair[0])
		if !ok {
			return nil, fmt.Errorf("key %s is no string", pair[0])
		}
		value, err := toPlain(pair[1])
		if err != nil {
			return nil, err
		}
		plain[key] = value
	}
	return plain, nil
}

func fromPlain(value any) (starlark.Value, error) {
	switch value := value.(type) {
	case nil:
		return starlark.None, nil
	case bool:
		return starlark.Bool(value), nil
	case int:
		return starlark.MakeInt(value), nil
	case float64:
		return starlark.Float(value), nil
	case string:
		return starlark.String(value), nil
	case []any:
		items := starlark.NewList(nil)
		for _, each := range value {
			item, err := fromPlain(each)
			if err == nil {
				err = items.Append(item)
			}
			if err != nil {
				return nil, err
			}
		}
		return items, nil
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		dict := starlark.NewDict(len(keys))
		for _, key := range keys {
			item, err := fromPlain(value[key])
			if err == nil {
				err = dict.SetKey(starlark.String(key), item)
			}
			if err != nil {
				return nil, err
			}
		}
		return dict, nil
	}
	return nil, fmt.Errorf("YAML of type %T", value)
}
