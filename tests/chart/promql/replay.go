package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

type replay struct {
	// A file of rules.
	Rules string `json:"rules"`
	Load  string `json:"load"`
	// In seconds.
	Every int64 `json:"every"`
	Until int64 `json:"until"`
}

// firing is an alert with these labels, and when it fired first and last, in seconds.
type firing struct {
	Labels map[string]string `json:"labels"`
	First  int64             `json:"first"`
	Last   int64             `json:"last"`
}

type replayed struct {
	Alerts []*firing `json:"alerts"`
	Error  string    `json:"error,omitempty"`
}

// run evaluates all rules again and again over the series, as a Prometheus server does.
func run(asked replay) replayed {
	alerts := map[string]*firing{}
	if err := evaluate(asked, alerts); err != nil {
		return replayed{[]*firing{}, err.Error()}
	}
	said := replayed{Alerts: []*firing{}}
	for _, one := range alerts {
		said.Alerts = append(said.Alerts, one)
	}
	return said
}

func evaluate(asked replay, alerts map[string]*firing) error {
	suite, err := promqltest.NewLazyLoader(asked.Load, promqltest.LazyLoaderOpts{})
	if err != nil {
		return err
	}
	defer suite.Close()
	groups, err := loaded(asked, suite)
	if err != nil {
		return err
	}
	for at := int64(0); at <= asked.Until && err == nil; at += asked.Every {
		moment := time.Unix(at, 0).UTC()
		suite.WithSamplesTill(moment, func(unloaded error) {
			err = unloaded
			for _, group := range groups {
				if err == nil {
					err = evaluated(suite.Context(), group, moment, alerts)
				}
			}
		})
	}
	return err
}

func loaded(asked replay, suite *promqltest.LazyLoader) ([]*rules.Group, error) {
	file, err := os.CreateTemp("", "rules-*.yaml")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	if _, err := file.WriteString(asked.Rules); err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc:  rules.EngineQueryFunc(suite.QueryEngine(), suite.Storage()),
		Appendable: suite.Storage(),
		Context:    context.Background(),
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
		Logger:     log.NewNopLogger(),
	})
	every := time.Duration(asked.Every) * time.Second
	byName, errors := manager.LoadGroups(every, labels.EmptyLabels(), "", nil, file.Name())
	if len(errors) > 0 {
		return nil, errors[0]
	}
	groups := []*rules.Group{}
	for _, group := range byName {
		groups = append(groups, group)
	}
	return groups, nil
}

// evaluated notes the alerts of a group that fire at this moment.
func evaluated(ctx context.Context, group *rules.Group, moment time.Time, alerts map[string]*firing) error {
	group.Eval(ctx, moment)
	for _, rule := range group.Rules() {
		if err := rule.LastError(); err != nil {
			return fmt.Errorf("%s: %w", rule.Name(), err)
		}
	}
	for _, rule := range group.AlertingRules() {
		for _, alert := range rule.ActiveAlerts() {
			if alert.State != rules.StateFiring {
				continue
			}
			key := alert.Labels.String()
			if alerts[key] == nil {
				alerts[key] = &firing{Labels: alert.Labels.Map(), First: moment.Unix()}
			}
			alerts[key].Last = moment.Unix()
		}
	}
	return nil
}
