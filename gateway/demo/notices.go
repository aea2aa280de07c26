package demo

// notices are codes that a camera at a gate meets and that are no credentials.
func notices() map[string]maker {
	const separator = "\x1d" // GS, which ends a value of GS1 whose length is not fixed
	return map[string]maker{
		// GOST R 56042-2014
		"payment": fixed("ST00012|Name=Demo Arena LLP|PersonalAcc=40702810138250123017|BankName=Demo Bank|BIC=044525225|" +
			"CorrespAcc=30101810400000000225|Sum=150000|Purpose=Ticket T-000128"),
		// Faster Payments System
		"sbp": fixed("https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB&crc=F3D0"),
		// EMVCo merchant-presented mode
		"emv": fixed("00020101021126290011kz.demo.pay0110DEMO000128520479225303398540415005802KZ5910Demo Arena6006Almaty630400C6"),
		// GS1: item, serial number, key and code of the marking system
		"goods": fixed("010460123456789321Demo-Serial12" + separator + "91EE10" + separator +
			"92ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1hLXJlYWwtY29kZS0xMjM="),
		"wifi": fixed(`WIFI:T:WPA;S:Demo Arena;P:not-a-secret;;`),
		"contact": fixed("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Aigerim Omarova\r\nORG:Demo Arena\r\nTEL:+77010000000\r\n" +
			"EMAIL:aigerim@demo.example\r\nEND:VCARD\r\n"),
		"link": fixed("https://demo.example/programme"),
	}
}
