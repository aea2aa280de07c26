#!/bin/sh
# Makes the files beside it with openssl and its GOST engine: keys that are thrown away, a certificate and signatures
# for every curve, an RSA and two ECDSA signers, a chain with a list, and a timestamp. Run in an empty folder; the
# answers that are expected stand in openssl_test.go. Keys exist only while this runs.
set -e
cat > gost.cnf <<'END'
openssl_conf = init
[init]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = dn
prompt = no
[dn]
CN = openssl
[end]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[stamper]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = tsa1
[tsa1]
serial = tsa.serial
default_policy = 1.2.3.4
digests = sha256, sha512, md_gost12_256, md_gost12_512
signer_digest = md_gost12_256
[ca]
default_ca = ca1
[ca1]
database = index
new_certs_dir = .
serial = serial
crlnumber = crlnumber
default_md = md_gost12_256
policy = any
[any]
commonName = supplied
END
export OPENSSL_CONF="$PWD/gost.cnf"
printf '<?xml version="1.0" encoding="UTF-8"?>\r\n<file>\n  made for openssl\n</file>\n' > content.xml

# signer NAME DIGEST KEYARGS...: a key with a certificate of its own, and what it signs.
signer() {
	name=$1 md=$2; shift 2
	openssl genpkey "$@" -out $name.key
	openssl req -x509 -new -key $name.key -$md -days 7300 -subj "/CN=$name" -extensions end -out $name.crt -outform DER
	openssl x509 -inform DER -in $name.crt -out $name.tmp
	openssl cms -sign -binary -outform DER -in content.xml -signer $name.tmp -inkey $name.key -md $md -cades -nosmimecap -out $name.sig
	openssl cms -sign -binary -outform DER -in content.xml -signer $name.tmp -inkey $name.key -md $md -noattr -out $name.noattr.sig
}
for set in A B C XA XB TCA TCB TCC TCD; do signer 256-$set md_gost12_256 -algorithm gost2012_256 -pkeyopt paramset:$set; done
for set in A B C; do signer 512-$set md_gost12_512 -algorithm gost2012_512 -pkeyopt paramset:$set; done
signer rsa sha256 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
signer ec256 sha256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
signer ec384 sha384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
openssl cms -sign -binary -nodetach -outform PEM -in content.xml -signer 256-XA.tmp -inkey 256-XA.key -md md_gost12_256 -cades -nosmimecap -keyid -out attached.pem

# issue NAME EXTENSIONS SERIAL ISSUER DIGEST: a certificate under an issuer, whose digest it is.
issue() {
	openssl genpkey -algorithm gost2012_256 -pkeyopt paramset:XA -out $1.key
	openssl req -new -key $1.key -md_gost12_256 -subj "/CN=$1" -out $1.csr
	openssl x509 -req -in $1.csr -$5 -days 7300 -extfile gost.cnf -extensions $2 -set_serial $3 -CA $4.tmp -CAkey $4.key -out $1.tmp
	openssl x509 -in $1.tmp -outform DER -out $1.crt
}
openssl genpkey -algorithm gost2012_512 -pkeyopt paramset:A -out root.key
openssl req -x509 -new -key root.key -md_gost12_512 -days 7300 -subj "/CN=root" -extensions root -out root.tmp
openssl x509 -in root.tmp -outform DER -out root.crt
issue authority authority 2 root md_gost12_512
issue head end 3 authority md_gost12_256
issue stamper stamper 4 root md_gost12_512
openssl cms -sign -binary -outform DER -in content.xml -signer head.tmp -inkey head.key -md md_gost12_256 -cades -nosmimecap -certfile authority.tmp -out chain.sig
: > index; echo 01 > crlnumber
openssl ca -gencrl -crldays 7200 -md md_gost12_256 -cert authority.tmp -keyfile authority.key -out good.tmp
openssl crl -in good.tmp -outform DER -out good.crl
openssl ca -revoke head.tmp -cert authority.tmp -keyfile authority.key
openssl ca -gencrl -crldays 7200 -md md_gost12_256 -cert authority.tmp -keyfile authority.key -out revoked.tmp
openssl crl -in revoked.tmp -outform DER -out revoked.crl
echo 01 > tsa.serial
openssl ts -query -data content.xml -md_gost12_256 -cert -out query.tmp
openssl ts -reply -config gost.cnf -queryfile query.tmp -signer stamper.tmp -inkey stamper.key -chain root.tmp -token_out -out token.tst
rm -f *.key *.tmp *.csr index* crlnumber* serial* tsa.serial* gost.cnf [0-9A-F][0-9A-F].pem
