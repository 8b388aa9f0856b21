#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# monitoring/: the rules and alerts by promtool, and the dashboard's queries by a real Prometheus.
# shellcheck disable=SC2030,SC2031 # each test is a subshell
bats_require_minimum_version 1.5.0

load helpers
load traffic

teardown() { jobs_end; }

MONITORING=$LESSON/monitoring

@test "the rules and alerts do what their unit tests say, and the tests notice if they do not" {
	command -v promtool >/dev/null || skip "promtool is not installed"
	local change
	cp "$MONITORING"/xdp_stats.rules*.yml "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	promtool test rules xdp_stats.rules.test.yml
	for change in 's/\[1m\]) > 0/[1m]) > 4/' 's/XDP_ABORTED/XDP_DROP/' 's/up == 0/up == 1/' 's/for: 1m/for: 10s/' \
		's/ by (instance, action)/ by (instance)/' 's/rate(xdp/increase(xdp/' 's/severity: page/severity: ticket/'; do
		sed "$change" "$MONITORING/xdp_stats.rules.yml" >xdp_stats.rules.yml
		none cmp -s xdp_stats.rules.yml "$MONITORING/xdp_stats.rules.yml"
		none promtool test rules xdp_stats.rules.test.yml
	done
}

# What Grafana would send, "PANEL<tab>QUERY": all machines and devices, and a period that a test can wait for.
dashboard_queries() {
	jq -r '.panels[] | .title as $title | .targets[] |
		"\($title)\t\(.expr | gsub("\\$__rate_interval"; "20s") | gsub("\\$instance|\\$device"; ".*"))"' \
		"$MONITORING/xdp_stats.dashboard.json"
}

@test "the dashboard is complete: panels have a place, a unit and a text of their own, and no source is fixed" {
	local dashboard=$MONITORING/xdp_stats.dashboard.json
	jq -e '[.panels[].id] | length > 0 and length == (unique | length)' "$dashboard"
	# shellcheck disable=SC2016 # jq's
	jq -e 'all(.panels[]; .title and .description and .gridPos.w and .fieldConfig.defaults.unit and (.targets | length > 0))' "$dashboard"
	# shellcheck disable=SC2016
	jq -e '[.. | objects | select(has("uid") and .type == "prometheus") | .uid] | unique == ["${datasource}"]' "$dashboard"
	# Each variable in a query is defined.
	run ! grep -F '$' < <(dashboard_queries)
	# No two panels overlap.
	# shellcheck disable=SC2016
	jq -e '[.panels[] | .gridPos as $p | range($p.x; $p.x + $p.w) as $x | range($p.y; $p.y + $p.h) as $y | [$x, $y]] |
		length == (unique | length)' "$dashboard"
}

answer() { # PATH QUERY-NAME QUERY
	curl -sS --max-time 10 --get "http://127.0.0.1:9090/api/v1/$1" --data-urlencode "$2=$3"
}

# Numbers, not NaN; of each device.
has_data() { # QUERY
	answer query query "$1" | jq -e '[.data.result[].value[1] | tonumber | select(isnan | not)] | length > 0' >/dev/null
}

# Within some minutes, else what Prometheus answers and says.
comes_to_have_data() { # QUERY
	for _ in {1..15}; do
		! poll has_data "$1" >/dev/null 2>&1 || return 0
	done
	answer query query "$1"
	answer query query up
	tail "$dir/log"
	return 1
}

@test "a real Prometheus, with the example's configuration: each query of the dashboard returns data" {
	command -v prometheus >/dev/null || skip "prometheus is not installed"
	needs_kernel 5.8 "run-time statistics without the sysctl"
	local dir=$BATS_TEST_TMPDIR/prometheus port title query count=0
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
	watch_run "$STATS" --all --cost --listen 0
	poll err_has 'listening on .*: '
	port=$(sed -n 's/.*listening on .*:\([0-9]*\): .*/\1/p' "$ERR")
	mkdir "$dir"
	cp "$MONITORING/xdp_stats.rules.yml" "$dir"
	sed "s/localhost:10435/127.0.0.1:$port/; s/scrape_interval: .*/scrape_interval: 1s/" \
		"$MONITORING/prometheus.yml" >"$dir/config.yml"
	grep -q "127.0.0.1:$port" "$dir/config.yml"
	prometheus --config.file="$dir/config.yml" --storage.tsdb.path="$dir/data" \
		--web.listen-address=127.0.0.1:9090 >"$dir/log" 2>&1 &
	# A few: Prometheus needs the CPUs too.
	frames_send 100000 64 --gap 10ms 3>&- &
	while IFS=$'\t' read -r title query; do
		echo "$title: $query"
		comes_to_have_data "$query"
		count=$((count + 1))
	done < <(dashboard_queries)
	((count >= 7))
	# Costs are those of a program that runs: less than a millisecond, less than all CPUs.
	query=$(dashboard_queries | sed -n 's/^Time per packet\t//p')
	answer query query "$query" | jq -e '.data.result[0].value[1] | tonumber | . > 1e-9 and . < 1e-3'
	query=$(dashboard_queries | sed -n 's/^CPU\t//p')
	answer query query "$query" | jq -e --argjson cpus "$(nproc)" '.data.result[0].value[1] | tonumber | . > 0 and . < $cpus'
	# The variables' values: what Grafana asks for to fill the menus.
	answer series 'match[]' xdp_stats_up | jq -e '.data[0] | .device == "va" and .instance'
	watch_end
}
