# How every guide begins, after the quick start: a tenant of your own with an administrator, alice, and a member, bob.
# In bash:   . docs/begin.sh [zh]   (answers in English, or Chinese; goes on in an empty folder, which keeps them)
api=${api:-http://localhost:8000/api/v1} api=${api%/}
password=${password:-demo-pass-2026} # root's, and everybody's that is made here
if [ "${1-}" = zh ]; then language=zh; else language=${language:-en}; fi # of the sentences in answers

# One field of the JSON on standard input, which has to be there: field .data.id
field() {
  if command -v jq >/dev/null; then jq -er "$1"; return; fi
  node -e "const it = JSON.parse(require('fs').readFileSync(0))$1
    console.log(typeof it === 'object' ? JSON.stringify(it) : it); process.exit(it == null ? 1 : 0)"
}
# A person's token: token <username> [<tenant>]
token() {
  curl -s "$api/auth/login/" -H 'Content-Type: application/json' \
    -d "{\"username\":\"$1\",\"password\":\"$password\",\"tenant\":\"${2:-$tenant}\"}" | field .data.access_token
}
# What an authenticator shows for a second factor's secret at the moment (RFC 6238): code <secret>
code() {
  local alphabet=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 key= number before mac at index place
  for ((at = 0; at < ${#1}; at += 8)); do # base32: eight characters are five bytes
    number=0
    for ((index = at; index < at + 8; index++)); do
      before=${alphabet%%"${1:index:1}"*}
      number=$((number * 32 + ${#before}))
    done
    key=$key$(printf %010x $number)
  done
  mac=$(printf "$(printf %016x $(($(date +%s) / 30)) | sed 's/../\\x&/g')" | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$key")
  mac=${mac##* }
  place=$((0x${mac:39:1} * 2))
  printf '%06d\n' $(((0x${mac:place:8} & 0x7fffffff) % 1000000))
}
# The headers of somebody's requests, as a file that curl reads: curl -H @alice …
headers() { printf '%s\n' "Authorization: Bearer $1" "Accept-Language: $language" 'Content-Type: application/json'; }
# A member of the tenant: member <username> <role>. Prints the id.
member() {
  curl -s "$api/members/" -H @root -H "X-Tenant-ID: $tenant" \
    -d "{\"username\":\"$1\",\"email\":\"$1@example.com\",\"password\":\"$password\",\"role\":\"$2\"}" | field .data.id
}

case $(curl -s "$api/health/") in
  *'"services"'*) ;;
  *) echo "No platform answers at $api: npm start, or name it in a line of its own before: api=http://…/api/v1" >&2; return 1 ;;
esac
checkout=$PWD
cd "$(mktemp -d)" || return
tenant=guide-$RANDOM$RANDOM
headers "$(curl -s "$api/auth/login/" -H 'Content-Type: application/json' \
  -d "{\"username\":\"root\",\"password\":\"$password\"}" | field .data.access_token)" > root
curl -s "$api/tenants/" -H @root \
  -d "{\"code\":\"$tenant\",\"name\":\"Guide\",\"timezone\":\"Asia/Shanghai\",\"webhook_secret\":\"$password\"}" > tenant.json
alice_id=$(member alice admin)
bob_id=$(member bob member)
case $bob_id in '' | null)
  cd "$checkout"
  echo "No tenant was made at $api: is root's password $password? Else set password" >&2
  return 1 ;;
esac
headers "$(token alice)" > alice
headers "$(token bob)" > bob
echo "Tenant $tenant: administrator alice ($alice_id), member bob ($bob_id)"
