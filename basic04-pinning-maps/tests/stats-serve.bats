#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# xdp_stats --listen, asked by curl, by clients that are slow or many, and by a real Prometheus.
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell; bats sets stderr
bats_require_minimum_version 1.5.0

load helpers
load traffic

teardown() { jobs_end; }

serve_start() { # OPTION...
	[[ " $* " == *" --listen "* ]] || set -- --listen 0 "$@"
	watch_run "$STATS" "$@"
	poll err_has 'listening on .*: '
	URL=http://$(sed -n 's/.*listening on \([^ ]*\): .*/\1/p' "$ERR")
}

get() { curl -sS --max-time 10 "$@"; }
code_of() { get -o /dev/null -w '%{http_code}' "$@"; }
descriptors() { find "/proc/$WATCH/fd" -type l | wc -l; }

dropping() {
	pair_make
	"$LOADER" -q -d va --progname xdp_drop_func
}

@test "/metrics is what is counted now, in the format that is asked for" {
	dropping
	serve_start --all
	frames_send 100
	run -0 get "$URL/metrics"
	[[ $output == *'xdp_stats_packets_total{device="va",netns="",action="XDP_DROP"} 100'* && $output != *EOF* ]]
	get "$URL/metrics" | promtool check metrics
	run -0 get -i -H 'Accept: application/openmetrics-text; version=1.0.0' "$URL/metrics"
	[[ $output == *"Content-Type: application/openmetrics-text; version=1.0.0"* && ${lines[-1]} == "# EOF" ]]
	watch_end
}

@test "--action: /metrics has those actions only, and whether the pin is there" {
	dropping
	serve_start --all --action DROP
	frames_send 100
	run -0 get "$URL/metrics"
	[[ $(grep -c 'action=' <<<"$output") == 2 && $output == *'action="XDP_DROP"} 100'* ]]
	[[ $output == *'xdp_stats_up{device="va",netns=""} 1'* ]]
	watch_end
}

@test "/ is a page that links /metrics" {
	local link
	dropping
	serve_start -d va
	run -0 get -i "$URL/"
	echo "$output"
	[[ ${output,,} == *"content-type: text/html"* ]]
	link=$(sed -n 's/.*<a href="\([^"]*\)".*/\1/p' <<<"$output")
	run -0 get "$URL/$link"
	[[ $output == *xdp_stats_packets_total* ]]
	watch_end
}

@test "other paths are 404, other methods 405, and the rest is as it should be" {
	dropping
	serve_start -d va
	[[ $(code_of "$URL/x") == 404 && $(code_of "$URL/metrics/x") == 404 ]]
	[[ $(code_of -X POST -d x=y "$URL/metrics") == 405 && $(code_of -X DELETE "$URL/metrics") == 405 ]]
	run -0 get -I "$URL/metrics"
	[[ $output == *"200 OK"* ]]
	watch_end TERM
}

@test "it answers while devices come, go and are loaded again, and totals continue" {
	dropping
	serve_start --all
	frames_send 10
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send 20
	run -0 get "$URL/metrics"
	[[ $output == *'action="XDP_DROP"} 30'* && $output == *'xdp_stats_map_generation{device="va",netns=""} 2'* ]]
	"$LOADER" -q -d vb
	run -0 get "$URL/metrics"
	[[ $output == *'xdp_stats_up{device="vb",netns=""} 1'* ]]
	"$LOADER" -q -d va --unload
	run -0 get "$URL/metrics"
	[[ $output == *'xdp_stats_up{device="va",netns=""} 0'* ]]
	ip link delete va
	[[ $(code_of "$URL/metrics") == 200 ]]
	watch_end
}

@test "the same where inotify has no instance left" {
	command -v strace >/dev/null || skip "strace is not installed"
	dropping
	watch_injected inotify_init1:error=EMFILE --listen 0 --all
	poll err_has 'listening on .*: '
	URL=http://$(sed -n 's/.*listening on \([^ ]*\): .*/\1/p' "$ERR")
	"$LOADER" -q -d va --progname xdp_drop_func
	"$LOADER" -q -d vb
	run -0 get "$URL/metrics"
	[[ $output == *'xdp_stats_map_generation{device="va",netns=""} 2'* ]]
	[[ $output == *'xdp_stats_up{device="vb",netns=""} 1'* ]]
	"$LOADER" -q -d va --progname xdp_drop_func
	run -0 get "$URL/metrics"
	[[ $output == *'xdp_stats_map_generation{device="va",netns=""} 3'* ]]
	watch_end
}

cannot_listen() { # ADDRESS REASON
	run -1 "$STATS" -d va --listen "$1"
	echo "$output"
	[[ $output == *"could not listen on $1: $2"* ]]
}

@test "it listens on loopback unless told otherwise, and refuses what is no address" {
	local address
	dropping
	serve_start -d va
	[[ $URL == http://127.0.0.1:* ]]
	cannot_listen "${URL##*:}" "Address already in use; choose another port, or see 'ss -ltnp'"
	watch_end
	serve_start -d va --listen '[::1]:0'
	[[ $URL == 'http://[::1]:'* && $(code_of -g "$URL/metrics") == 200 ]]
	watch_end
	for address in '' 65536 -1 x 1.2.3:80 host:80 ::1:80 '[::1]' ':80' 127.0.0.1: 0x50; do
		run -2 "$STATS" -d va --listen "$address"
	done
	cannot_listen 192.0.2.1:80 "Cannot assign requested address; this machine does not have the address"
	cannot_listen '[2001:db8::1]:80' "Cannot assign requested address; this machine does not have the address"
}

@test "started as root it listens on a port below 1024; without the privilege it says why not" {
	dropping
	serve_start -d va --listen 80
	[[ $URL == http://127.0.0.1:80 && $(code_of "$URL/metrics") == 200 ]]
	watch_end
	run -1 setpriv --bounding-set=-net_bind_service "$STATS" -d va --listen 80
	[[ $output == *"could not listen on 80: Permission denied; choose a port from 1024 on, or run as root"* ]]
}

@test "an IPv4 and an IPv6 address may have the same port, and a port can be had again at once" {
	local port other
	dropping
	serve_start -d va --listen 127.0.0.1:0
	port=${URL##*:} other=$WATCH
	serve_start -d va --listen "[::]:$port"
	[[ $(code_of "http://127.0.0.1:$port/metrics") == 200 && $(code_of -g "http://[::1]:$port/metrics") == 200 ]]
	watch_end
	WATCH=$other
	watch_end
	serve_start -d va --listen "127.0.0.1:$port" # whose connections are not forgotten yet
	watch_end
}

@test "with all standard descriptors closed it serves" {
	dropping
	touch "$OUT" "$ERR"
	env --default-signal=INT,TERM "$STATS" -d va --listen 127.0.0.1:10435 <&- >&- 2>&- &
	WATCH=$!
	URL=http://127.0.0.1:10435
	answers() { [[ $(code_of "$URL/metrics" 2>/dev/null) == 200 ]]; }
	poll answers
	[[ $(readlink /proc/$WATCH/fd/{0,1,2} | sort -u) == /dev/null ]]
	watch_end
}

@test "10,000 requests and 200 slow clients leave no descriptor behind, and do not keep others waiting" {
	local before slow=() fd i
	dropping
	serve_start -d va
	[[ $(code_of "$URL/metrics") == 200 ]]
	before=$(descriptors)
	for ((i = 0; i < 200; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/${URL##*:}"
		printf 'GET /metr' >&"$fd"
		slow+=("$fd")
	done
	get "$URL/metrics?[1-$((10000 / ${TEST_SHARE-1}))]" | grep -c 'XDP_DROP' >"$BATS_TEST_TMPDIR/answers"
	[[ $(<"$BATS_TEST_TMPDIR/answers") == $((2 * (10000 / ${TEST_SHARE-1}))) ]]
	for fd in "${slow[@]}"; do exec {fd}>&-; done
	back_again() { (($(descriptors) <= before)); }
	poll back_again
	watch_end
}

# More than are let in at once.
@test "600 clients that send a byte a second, or none, do not keep others waiting for ever" {
	local drip
	dropping
	serve_start -d va
	for drip in 1 0; do
		: >"$BATS_TEST_TMPDIR/open"
		perl -MIO::Socket::INET -e '
			$| = 1, $SIG{PIPE} = "IGNORE";
			my @clients = map { IO::Socket::INET->new($ARGV[0]) or die $! } 1 .. 600;
			syswrite($_, "G") for @clients;
			print "all\n";
			while (1) { sleep 1; next if !$ARGV[1]; syswrite($_, "E") for @clients }' \
			"${URL#http://}" "$drip" >"$BATS_TEST_TMPDIR/open" &
		poll test -s "$BATS_TEST_TMPDIR/open"
		run -0 get --max-time 60 "$URL/metrics"
		[[ $output == *XDP_DROP* ]]
		kill -0 $! # they are still there
		kill -KILL $!
		wait $! || :
	done
	watch_end
}

# The whole way of a number: counted, served, scraped, stored, asked for. A minute, as Prometheus
# has no shorter memory for a rate.
@test "a real Prometheus scrapes for a minute, over a reload: the exact total, and a sane rate" {
	command -v prometheus >/dev/null || skip "prometheus is not installed"
	local dir=$BATS_TEST_TMPDIR/prometheus minute=$((60 / (${TEST_SHARE-1} > 1 ? 3 : 1)))
	dropping
	serve_start --all
	mkdir "$dir"
	cat >"$dir/config.yml" <<-END
		global:
		  scrape_interval: 1s
		scrape_configs:
		  - job_name: xdp
		    static_configs:
		      - targets: ['${URL#http://}']
	END
	promtool check config "$dir/config.yml"
	prometheus --config.file="$dir/config.yml" --storage.tsdb.path="$dir/data" \
		--web.listen-address=127.0.0.1:9090 >"$dir/log" 2>&1 &
	ask() { get --get "http://127.0.0.1:9090/api/v1/query" --data-urlencode "query=$1" | jq -r '.data.result[0].value[1]'; }
	is_up() { [[ $(ask 'up{job="xdp"}' 2>/dev/null) == 1 ]]; }
	for _ in {1..3}; do ! poll is_up || break; done
	# 100 a second, evenly.
	frames_send "$((50 * minute))" 64 --gap 10ms
	"$LOADER" -q -d va --progname xdp_drop_func
	frames_send "$((50 * minute))" 64 --gap 10ms
	has_all() { [[ $(ask 'sum(xdp_stats_packets_total{device="va"})') == $((100 * minute)) ]]; }
	poll has_all || { cat "$dir/log"; false; }
	# The highest in the last minute: on a busy machine it is a while since the last packet.
	rate=$(ask "max_over_time(rate(xdp_stats_packets_total{device=\"va\",action=\"XDP_DROP\"}[$((minute / 2))s])[1m:1s])")
	echo "# prometheus: $((100 * minute)) of $((100 * minute)) packets, $rate packets/s" >&3
	awk -v rate="$rate" 'BEGIN { exit !(rate > 10 && rate < 200) }'
	[[ $(ask 'xdp_stats_map_generation{device="va"}') == 2 ]]
	watch_end
}
