#!/bin/bash
# A Ceph cluster (16.2, Debian 12) with S3 gateways on loopback, for the tests. It ends only what it has started.
#
#   apt-get update && apt-get install -y --no-install-recommends ceph-mon ceph-mgr ceph-osd radosgw
#   (ceph-mgr may be left out; then run with WITH_MGR=0)
#
#   ./start.sh DATADIR      first call: create + start.  Later calls: start again whatever is dead.
#   ./stop.sh  DATADIR      end the daemons recorded in DATADIR/run.  rm -rf DATADIR afterwards to wipe.
#
# Environment (defaults):
#   OSDS=3  SIZE=2  MIN_SIZE=1  STORE=bluestore|memstore  OSD_BYTES=8589934592 (sparse)  PG_NUM=8
#   RGWS=2  RGW_PORT=17480 (17480,17481,..)  RGW_IP=127.0.0.1  MON_PORT=17489
#   DAEMON_PORT_MIN=17500 DAEMON_PORT_MAX=17599   WITH_MGR=0|1
#   ACCESS_KEY=testaccess  SECRET_KEY=testsecret12345678  LC_DAY_SECONDS=10 (a lifecycle "day"; empty: real days)
#   OP_TIMEOUT=0 (seconds; >0: a gateway answers an error instead of hanging when no live OSD holds the data)
#   WAIT_CLEAN=SECONDS (with WITH_MGR=1: also wait until every placement group is active+clean again)
#   COLD_CLASS=COLD (extra storage class; empty: none)   WAIT=60 (seconds for each readiness wait)
set -euo pipefail

die() { echo "start.sh: $*" >&2; exit 1; }
[ $# -eq 1 ] || die "usage: start.sh DATADIR"
[ "$(id -u)" = 0 ] || echo "start.sh: note: not root; DATADIR must be writable" >&2
for b in ceph ceph-mon ceph-osd radosgw radosgw-admin monmaptool; do
  command -v $b >/dev/null || die "$b not found: apt-get install -y --no-install-recommends ceph-mon ceph-mgr ceph-osd radosgw"
done
mkdir -p "$1"; D=$(cd "$1" && pwd)
[ ${#D} -le 70 ] || die "DATADIR path too long for unix sockets (max 70 characters)"

OSDS=${OSDS:-3} SIZE=${SIZE:-2} MIN_SIZE=${MIN_SIZE:-1} STORE=${STORE:-bluestore} OSD_BYTES=${OSD_BYTES:-8589934592}
PG_NUM=${PG_NUM:-8} RGWS=${RGWS:-2} RGW_PORT=${RGW_PORT:-17480} RGW_IP=${RGW_IP:-127.0.0.1} MON_PORT=${MON_PORT:-17489}
DAEMON_PORT_MIN=${DAEMON_PORT_MIN:-17500} DAEMON_PORT_MAX=${DAEMON_PORT_MAX:-17599} WITH_MGR=${WITH_MGR:-0}
ACCESS_KEY=${ACCESS_KEY:-testaccess} SECRET_KEY=${SECRET_KEY:-testsecret12345678}
LC_DAY_SECONDS=${LC_DAY_SECONDS-10} OP_TIMEOUT=${OP_TIMEOUT:-0} COLD_CLASS=${COLD_CLASS-COLD} WAIT=${WAIT:-60}

# Settings of the first call stay in force for this DATADIR.
if [ -f "$D/settings" ]; then . "$D/settings"; else
  for v in OSDS SIZE MIN_SIZE STORE OSD_BYTES PG_NUM RGWS RGW_PORT RGW_IP MON_PORT DAEMON_PORT_MIN DAEMON_PORT_MAX \
           WITH_MGR ACCESS_KEY SECRET_KEY LC_DAY_SECONDS COLD_CLASS OP_TIMEOUT; do printf '%s=%q\n' $v "${!v}"; done > "$D/settings"
fi
[ "$WITH_MGR" = 0 ] || command -v ceph-mgr >/dev/null || die "ceph-mgr not installed (or set WITH_MGR=0)"
mkdir -p "$D"/{run,log,mon,mgr,crash}
exec 9>"$D/lock"; flock -w 120 9 || die "another start.sh holds $D/lock"

export CEPH_CONF=$D/ceph.conf CEPH_ARGS=
if [ ! -f "$D/ceph.conf" ]; then
  FSID=$(cat /proc/sys/kernel/random/uuid)
  cat > "$D/ceph.conf" <<CONF
[global]
fsid = $FSID
mon host = [v2:127.0.0.1:$MON_PORT]
mon initial members = a
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind msgr2 = true
ms bind ipv6 = false
ms bind port min = $DAEMON_PORT_MIN
ms bind port max = $DAEMON_PORT_MAX
ms async op threads = 1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $D/run
crash dir = $D/crash
admin socket = $D/run/\$name.asok
log file = $D/log/\$name.log
mon cluster log file = $D/log/cluster.log
debug default = 0/0
debug rocksdb = 1/5
debug bluefs = 0/1
log to syslog = false
err to syslog = false
osd pool default size = $SIZE
osd pool default min size = $MIN_SIZE
osd pool default pg num = $PG_NUM
osd pool default pgp num = $PG_NUM
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 2000

[mon]
mon data = $D/mon/\$id
mon allow pool delete = true
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 2
mon osd min down reporters = 1
mon osd reporter subtree level = osd
mon osd down out interval = 86400
mon osd adjust heartbeat grace = false
mon osd adjust down out interval = false
mon pg warn min per osd = 0
mon warn on insecure global id reclaim allowed = false
mon rocksdb options = write_buffer_size=4194304,compression=kNoCompression,max_write_buffer_number=2
paxos propose interval = 0.1
mon tick interval = 2

[mgr]
mgr data = $D/mgr/\$id
mgr initial modules =
mgr stats period = 2

[osd]
osd data = $D/osd\$id
osd objectstore = $STORE
osd heartbeat interval = 1
osd heartbeat grace = 4
osd op num shards = 2
osd op num threads per shard = 1
osd memory target = 939524096
osd max pg log entries = 3000
osd min pg log entries = 1000
osd map cache size = 50
osd recovery sleep = 0
osd recovery delay start = 0
osd class update on start = false
osd scrub auto repair = false
osd numa auto affinity = false
memstore device bytes = $OSD_BYTES
bluestore block size = $OSD_BYTES
bluestore block db create = false
bluestore block wal create = false
bluestore cache autotune = false
bluestore cache size = 67108864
bluestore rocksdb options = compression=kNoCompression,max_write_buffer_number=2,min_write_buffer_number_to_merge=1,recycle_log_file_num=2,write_buffer_size=16777216,writable_file_max_buffer_size=0,compaction_readahead_size=2097152
bluestore prefer deferred size = 0
bluestore throttle bytes = 16777216

[client]
rgw data = $D/rgw
keyring = $D/none
rgw enable usage log = false
rgw enable ops log = false
rgw dynamic resharding = false
rgw override bucket index max shards = 1
rgw num rados handles = 1
rgw thread pool size = 64
rgw cache lru size = 2000
rgw gc obj min wait = 10
rgw gc processor period = 10
rgw gc processor max time = 10
rgw init timeout = 60
rgw rados pool pg num min = $PG_NUM
rgw lc debug interval = ${LC_DAY_SECONDS:--1}
rados mon op timeout = 30
rados osd op timeout = $OP_TIMEOUT
CONF
fi

# --- helpers -------------------------------------------------------------------------------------
alive() { # NAME: is the recorded pid ours and running?
  local p; p=$(cat "$D/run/$1.pid" 2>/dev/null) || return 1
  [ -n "$p" ] && { tr "\0" " " < "/proc/$p/cmdline"; } 2>/dev/null | grep -qF -- "-c $D/ceph.conf"
}
launch() { # NAME COMMAND...: run in the background, record the pid
  local n=$1; shift
  rm -f "$D/run/$n.asok"
  setsid "$@" -f -c "$D/ceph.conf" </dev/null >>"$D/log/$n.out" 2>&1 9>&- &
  echo $! > "$D/run/$n.pid"
}
fail() { # NAME MESSAGE
  echo "--- last lines of $D/log/$1.out and .log" >&2; for f in "$D/log/$1.out" "$D/log/$1.log" "$D/log/client.$1.log"; do tail -n 15 "$f" >&2 2>/dev/null || true; done
  die "$1: $2 (logs: $D/log)"
}
until_ok() { # NAME WHAT COMMAND...
  local n=$1 what=$2 t=$((SECONDS + WAIT)); shift 2
  until "$@" >/dev/null 2>&1; do
    alive "$n" || fail "$n" "ended while waiting: $what"
    [ $SECONDS -lt $t ] || fail "$n" "not ready in ${WAIT}s: $what"
    sleep 0.1
  done
}
port_free() { ! (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
c() { timeout 20 ceph -c "$D/ceph.conf" --connect-timeout 15 "$@"; }
T0=$(date +%s.%N); lap() { [ -z "${VERBOSE:-}" ] || echo "$(echo "$(date +%s.%N) - $T0" | bc 2>/dev/null) $*" >&2; }

# --- mon -----------------------------------------------------------------------------------------
if [ ! -f "$D/mon/.made" ]; then
  rm -rf "$D/mon/a"; mkdir -p "$D/mon/a"
  FSID=$(awk '$1=="fsid"{print $3}' "$D/ceph.conf")
  monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$MON_PORT]" --set-min-mon-release pacific "$D/monmap" >"$D/log/monmaptool.out" 2>&1 || die "monmaptool failed: $D/log/monmaptool.out"
  ceph-mon -c "$D/ceph.conf" -i a --mkfs --monmap "$D/monmap" >>"$D/log/mon.a.out" 2>&1 || fail mon.a "mkfs failed"
  touch "$D/mon/.made"
fi
if ! alive mon.a; then
  port_free 127.0.0.1 "$MON_PORT" || die "port $MON_PORT is taken (MON_PORT)"
  launch mon.a ceph-mon -i a
fi
until_ok mon.a "quorum" c mon stat
lap mon
# --- mgr (optional: only for ceph -s statistics) ---------------------------------------------------
if [ "$WITH_MGR" != 0 ] && ! alive mgr.x; then mkdir -p "$D/mgr/x"; launch mgr.x ceph-mgr -i x; fi
# --- osd -----------------------------------------------------------------------------------------
for i in $(seq 0 $((OSDS-1))); do
  alive "osd.$i" && continue
  if [ "$STORE" = memstore ] && [ -f "$D/osd$i/.made" ]; then
    die "osd.$i is dead and STORE=memstore keeps objects in memory only: run stop.sh, rm -rf $D and start anew (or use STORE=bluestore)"
  fi
  if [ ! -f "$D/osd$i/.made" ]; then
    mkdir -p "$D/osd$i"
    [ -f "$D/osd$i.uuid" ] || cat /proc/sys/kernel/random/uuid > "$D/osd$i.uuid"
    c osd new "$(cat "$D/osd$i.uuid")" "$i" >/dev/null 2>>"$D/log/osd.$i.out" || fail "osd.$i" "osd new failed"
  fi
  (
    if [ ! -f "$D/osd$i/.made" ]; then
      ceph-osd -c "$D/ceph.conf" -i "$i" --mkfs --osd-uuid "$(cat "$D/osd$i.uuid")" >>"$D/log/osd.$i.out" 2>&1 && touch "$D/osd$i/.made"
    fi
  ) &
  MK="${MK:-} $!"
done
for p in ${MK:-}; do wait "$p" || die "osd mkfs failed: $D/log/osd.*.out"; done
for i in $(seq 0 $((OSDS-1))); do alive "osd.$i" || launch "osd.$i" ceph-osd -i "$i"; done
lap osd-launched
osds_up() { # the map must show every OSD up under its present process (address nonce = pid)
  local m i; m=$(c osd dump 2>/dev/null) || return 1
  for i in $(seq 0 $((OSDS-1))); do grep -qE "^osd\.$i +up .*127\.0\.0\.1:[0-9]+/$(cat "$D/run/osd.$i.pid")\b" <<<"$m" || return 1; done
}
t=$((SECONDS + WAIT))
until osds_up; do
  for i in $(seq 0 $((OSDS-1))); do alive "osd.$i" || fail "osd.$i" "ended at start"; done
  [ $SECONDS -lt $t ] || fail osd.0 "not all $OSDS OSDs up in ${WAIT}s"
  sleep 0.1
done
lap osds-up
# --- zone, storage class, user ---------------------------------------------------------------------
mkdir -p "$D/rgw"
adm() { timeout "$WAIT" radosgw-admin -c "$D/ceph.conf" "$@"; }
if [ ! -f "$D/user.made" ]; then
  adm user info --uid test >/dev/null 2>&1 || adm user create --uid test --display-name test --access-key "$ACCESS_KEY" --secret-key "$SECRET_KEY" >"$D/log/user.out" 2>&1 \
    || { tail -n 20 "$D/log/user.out" >&2; die "user create failed"; }
  touch "$D/user.made"
fi
lap user
if [ ! -f "$D/zone.made" ]; then
  if [ -n "$COLD_CLASS" ]; then
    { adm zonegroup placement add --placement-id default-placement --storage-class "$COLD_CLASS" &&
      adm zone placement add --placement-id default-placement --storage-class "$COLD_CLASS" --data-pool default.rgw.cold.data; } \
      >"$D/log/zone.out" 2>&1 || { tail -n 20 "$D/log/zone.out" >&2; die "storage class set-up failed"; }
  fi
  touch "$D/zone.made"
fi
lap zone
# --- rgw -----------------------------------------------------------------------------------------
for i in $(seq 0 $((RGWS-1))); do
  P=$((RGW_PORT+i)); alive "rgw.$i" && continue
  port_free "$RGW_IP" "$P" || die "port $P is taken (RGW_PORT)"
  launch "rgw.$i" radosgw -n "client.rgw.$i" --rgw-frontends "beast endpoint=$RGW_IP:$P tcp_nodelay=1"
done
for i in $(seq 0 $((RGWS-1))); do
  P=$((RGW_PORT+i)); http() { exec 3<>"/dev/tcp/$RGW_IP/$P" && printf 'GET /swift/healthcheck HTTP/1.0\r\n\r\n' >&3 && timeout 5 head -n1 <&3 | grep -q ' 200'; }
  h() { ( http ); }
  until_ok "rgw.$i" "http on $RGW_IP:$P" h
done
lap rgw
if [ "$WITH_MGR" != 0 ] && [ -n "${WAIT_CLEAN:-}" ]; then
  t=$((SECONDS + WAIT_CLEAN))
  until s=$(c pg stat -f json 2>/dev/null) && [[ $s == *'"pg_ready":true'* ]] && ! grep -o '"name":"[^"]*"' <<<"$s" | grep -qv '"active+clean'; do
    [ $SECONDS -lt $t ] || die "placement groups not all active+clean in ${WAIT_CLEAN}s: $(c pg stat 2>&1)"; sleep 0.5
  done
fi
lap clean
H=$RGW_IP; [ "$H" != 0.0.0.0 ] || H=127.0.0.1
{
  for i in $(seq 0 $((RGWS-1))); do echo "S3_ENDPOINT_$i=http://$H:$((RGW_PORT+i))"; done
  echo "S3_ENDPOINT=http://$H:$RGW_PORT"; echo "S3_ACCESS_KEY=$ACCESS_KEY"; echo "S3_SECRET_KEY=$SECRET_KEY"; echo "S3_REGION=default"; echo "CEPH_CONF=$D/ceph.conf"
} > "$D/env"
cat "$D/env"
