package demo

import "slices"

// catalogue lists the samples as they are shown, without their payloads.
func catalogue() []Sample {
	return slices.Concat(genuine(), foreignDocuments(), refused(), otherCodes())
}

func genuine() []Sample {
	return []Sample{
		{
			Name: "ticket", Format: "document", Expect: "ok",
			Title: Text{RU: "Билет", KK: "Билет", EN: "Ticket"},
			Note: Text{
				RU: "Подлинный, на один проход: второй показ будет отклонён.",
				KK: "Шынайы, бір рет өтуге: екінші рет көрсетілсе, қабылданбайды.",
				EN: "Genuine, good for one passage: shown again, it is refused.",
			},
		},
		{
			Name: "student", Format: "document", Expect: "ok",
			Title: Text{RU: "Справка студента", KK: "Студент анықтамасы", EN: "Student certificate"},
			Note: Text{
				RU: "Подлинная: подпись верна, срок не истёк, не отозвана.",
				KK: "Шынайы: қолтаңбасы дұрыс, мерзімі өтпеген, қайтарып алынбаған.",
				EN: "Genuine: properly signed, in force, not revoked.",
			},
		},
		{
			Name: "age", Format: "document", Expect: "ok",
			Title: Text{RU: "Старше 18 лет", KK: "18 жастан асқан", EN: "Over 18"},
			Note: Text{
				RU: "Подтверждает только возраст: ни имени, ни даты рождения.",
				KK: "Тек жасын растайды: аты-жөні де, туған күні де жоқ.",
				EN: "Proves the age alone: no name, no birth date.",
			},
		},
		{
			Name: "live", Format: "document", Expect: "ok",
			Title: Text{RU: "Живой код", KK: "Тірі код", EN: "Live code"},
			Note: Text{
				RU: "Билет, который показывает один телефон: код меняется каждые 15 секунд, и каждый годен один раз.",
				KK: "Бір ғана телефон көрсететін билет: код 15 секунд сайын өзгереді, әрқайсысы бір рет жарайды.",
				EN: "A ticket that one phone alone can show: the code changes every 15 seconds, and each counts once.",
			},
		},
	}
}

// foreignDocuments are credentials in formats of others, from test issuers.
func foreignDocuments() []Sample {
	return []Sample{
		{
			Name: "eu", Format: "hcert", Expect: "ok",
			Title: Text{RU: "Сертификат формата ЕС", KK: "ЕО форматындағы сертификат", EN: "EU-format certificate"},
			Note: Text{
				RU: "Цифровой сертификат ЕС (HC1) тестового издателя. Отзыв не проверяется: списка нет.",
				KK: "Сынақ берушісінің ЕО цифрлық сертификаты (HC1). Қайтарып алынуы тексерілмейді: тізім жоқ.",
				EN: "EU digital certificate (HC1) of a test issuer. Revocation is not checked: there is no list.",
			},
		},
		{
			Name: "health_card", Format: "shc", Expect: "ok",
			Title: Text{RU: "Медицинская карта SMART", KK: "SMART медициналық картасы", EN: "SMART Health Card"},
			Note: Text{
				RU: "Сведения о прививке в формате SMART Health Cards.",
				KK: "SMART Health Cards форматындағы екпе туралы мәлімет.",
				EN: "A vaccination record in the SMART Health Cards format.",
			},
		},
		{
			Name: "health_card_parts", Format: "shc", Expect: "ok",
			Title: Text{RU: "Карта в трёх кодах", KK: "Үш кодтағы карта", EN: "Card in three codes"},
			Note: Text{
				RU: "Одна медицинская карта, разделённая на три кода: считайте все, порядок не важен.",
				KK: "Үш кодқа бөлінген бір медициналық карта: бәрін оқыңыз, реті маңызды емес.",
				EN: "One health card spread over three codes: scan them all, in any order.",
			},
		},
		{
			Name: "nz_pass", Format: "nzcp", Expect: "ok",
			Title: Text{RU: "Пропуск Новой Зеландии", KK: "Жаңа Зеландия рұқсаты", EN: "New Zealand pass"},
			Note: Text{
				RU: "Пропуск формата NZCP. Возможности отозвать его формат не даёт.",
				KK: "NZCP форматындағы рұқсат. Формат оны қайтарып алуға мүмкіндік бермейді.",
				EN: "A pass in the NZCP format, which knows no revocation.",
			},
		},
		{
			Name: "identity", Format: "claim169", Expect: "ok",
			Title: Text{RU: "Удостоверение личности", KK: "Жеке куәлік", EN: "Identity code"},
			Note: Text{
				RU: "Код личности по Claim 169, как в системах на MOSIP.",
				KK: "MOSIP жүйелеріндегідей Claim 169 бойынша жеке тұлға коды.",
				EN: "An identity code after Claim 169, as systems on MOSIP issue it.",
			},
		},
		{
			Name: "wallet", Format: "sdjwt", Expect: "ok",
			Title: Text{RU: "Документ из кошелька", KK: "Әмиян құжаты", EN: "Document from a wallet"},
			Note: Text{
				RU: "SD-JWT с подтверждением владельца: имя раскрыто, дата рождения нет. Годен 30 секунд.",
				KK: "Иесі растаған SD-JWT: аты ашылған, туған күні ашылмаған. 30 секунд жарайды.",
				EN: "An SD-JWT with its holder's proof: the name is shown, the birth date is not. Good for 30 seconds.",
			},
		},
		{
			Name: "mobile_age", Format: "mdoc", Expect: "ok", Gate: "holder_proof_missing",
			Title: Text{RU: "Возраст по стандарту ISO mdoc", KK: "ISO mdoc бойынша жас", EN: "Age as ISO mdoc"},
			Note: Text{
				RU: "Подтверждение возраста по профилю ЕС без сеанса с телефоном: подлинное, но на проходе может быть копией.",
				KK: "ЕО профилі бойынша жас растауы, телефонмен сеанссыз: шынайы, бірақ өткелде көшірме болуы мүмкін.",
				EN: "An age attestation of the EU profile without a session with the phone: genuine, but at a gate it may be a copy.",
			},
		},
		{
			Name: "travel_vaccination", Format: "vdsnc", Expect: "ok",
			Title: Text{RU: "Прививка для поездок", KK: "Сапарға арналған екпе", EN: "Vaccination for travel"},
			Note: Text{
				RU: "Цифровая печать ИКАО (VDS-NC) с сертификатом подписавшего внутри.",
				KK: "ИКАО цифрлық мөрі (VDS-NC), ішінде қол қоюшының сертификаты бар.",
				EN: "A digital seal of ICAO (VDS-NC) with its signer's certificate inside.",
			},
		},
		{
			Name: "visa", Format: "vds", Expect: "ok", Symbology: "datamatrix",
			Title: Text{RU: "Виза с печатью ИКАО", KK: "ИКАО мөрі бар виза", EN: "Visa with an ICAO seal"},
			Note: Text{
				RU: "Двоичная печать (VDS) в коде DataMatrix: байты, а не текст.",
				KK: "DataMatrix кодындағы екілік мөр (VDS): мәтін емес, байттар.",
				EN: "A binary seal (VDS) in a DataMatrix code: bytes, not text.",
			},
		},
		{
			Name: "residence", Format: "vds", Expect: "ok", Symbology: "aztec",
			Title: Text{RU: "Вид на жительство", KK: "Тұруға ықтиярхат", EN: "Residence permit"},
			Note: Text{
				RU: "Двоичная печать (VDS) в коде Aztec.",
				KK: "Aztec кодындағы екілік мөр (VDS).",
				EN: "A binary seal (VDS) in an Aztec code.",
			},
		},
		{
			Name: "pretix", Format: "pretix", Expect: "ok",
			Title: Text{RU: "Билет pretix", KK: "pretix билеті", EN: "pretix ticket"},
			Note: Text{
				RU: "Подписанный билет системы pretix. Списка отзыва здесь нет.",
				KK: "pretix жүйесінің қол қойылған билеті. Мұнда қайтарып алу тізімі жоқ.",
				EN: "A signed ticket of the pretix system. There is no revocation list here.",
			},
		},
		{
			Name: "aadhaar", Format: "aadhaar", Expect: "ok",
			Title: Text{RU: "Карта в формате Aadhaar", KK: "Aadhaar форматындағы карта", EN: "Card in Aadhaar format"},
			Note: Text{
				RU: "Код индийской карты личности, подписан тестовым издателем.",
				KK: "Үндістанның жеке картасының коды, сынақ берушісі қол қойған.",
				EN: "The code of an Indian identity card, signed by a test issuer.",
			},
		},
	}
}

func refused() []Sample {
	return []Sample{
		{
			Name: "expired", Format: "document", Expect: "expired",
			Title: Text{RU: "Просроченная справка", KK: "Мерзімі өткен анықтама", EN: "Expired certificate"},
			Note: Text{
				RU: "Подлинная, но срок действия закончился.",
				KK: "Шынайы, бірақ мерзімі аяқталған.",
				EN: "Genuine, but its term has ended.",
			},
		},
		{
			Name: "revoked", Format: "document", Expect: "revoked",
			Title: Text{RU: "Отозванная справка", KK: "Қайтарып алынған анықтама", EN: "Revoked certificate"},
			Note: Text{
				RU: "Подлинная, но издатель её отозвал.",
				KK: "Шынайы, бірақ берген ұйым оны қайтарып алған.",
				EN: "Genuine, but its issuer has withdrawn it.",
			},
		},
		{
			Name: "status_unknown", Format: "document", Expect: "status_unknown",
			Title: Text{RU: "Отзыв неизвестен", KK: "Қайтарып алынғаны белгісіз", EN: "Revocation unknown"},
			Note: Text{
				RU: "Подлинная, но списка отзыва нет: проверяющий решает сам.",
				KK: "Шынайы, бірақ қайтарып алу тізімі жоқ: тексеруші өзі шешеді.",
				EN: "Genuine, but its revocation list is not there: the checker decides.",
			},
		},
		{
			Name: "screenshot", Format: "document", Expect: "holder_proof_stale",
			Title: Text{RU: "Снимок живого кода", KK: "Тірі кодтың суреті", EN: "Picture of a live code"},
			Note: Text{
				RU: "Живой код, снятый час назад: подтверждение владельца устарело.",
				KK: "Бір сағат бұрын түсірілген тірі код: иесінің растауы ескірген.",
				EN: "A live code filmed an hour ago: the proof of its holder is stale.",
			},
		},
		{
			Name: "forged", Format: "document", Expect: "signature_invalid",
			Title: Text{RU: "Подделка", KK: "Жалған құжат", EN: "Forgery"},
			Note: Text{
				RU: "После подписания в имени изменена одна буква.",
				KK: "Қол қойылғаннан кейін есімнің бір әрпі өзгертілген.",
				EN: "One letter of the name was changed after signing.",
			},
		},
		{
			Name: "unknown_issuer", Format: "document", Expect: "issuer_unknown",
			Title: Text{RU: "Неизвестный издатель", KK: "Белгісіз беруші", EN: "Unknown issuer"},
			Note: Text{
				RU: "Подписано тем, кого нет в списке доверия.",
				KK: "Сенім тізімінде жоқ біреу қол қойған.",
				EN: "Signed by somebody who is not on the trust list.",
			},
		},
	}
}

// otherCodes are what a camera at a gate meets beside documents.
func otherCodes() []Sample {
	return []Sample{
		{
			Name: "payment", Format: "notice", Expect: "not_a_credential",
			Title: Text{RU: "Квитанция на оплату", KK: "Төлем түбіртегі", EN: "Payment slip"},
			Note: Text{
				RU: "Код для оплаты, а не документ.",
				KK: "Бұл құжат емес, төлем коды.",
				EN: "A code to pay with, not a document.",
			},
		},
		{
			Name: "sbp", Format: "notice", Expect: "not_a_credential",
			Title: Text{RU: "Ссылка СБП", KK: "СБП сілтемесі", EN: "SBP payment link"},
			Note: Text{
				RU: "Ссылка Системы быстрых платежей, а не документ.",
				KK: "Жылдам төлемдер жүйесінің сілтемесі, құжат емес.",
				EN: "A link of the Faster Payments System, not a document.",
			},
		},
		{
			Name: "emv", Format: "notice", Expect: "not_a_credential",
			Title: Text{RU: "Код магазина", KK: "Дүкен коды", EN: "Merchant code"},
			Note: Text{
				RU: "Код EMV для оплаты в магазине, а не документ.",
				KK: "Дүкенде төлеуге арналған EMV коды, құжат емес.",
				EN: "An EMV code to pay a merchant with, not a document.",
			},
		},
		{
			Name: "goods", Format: "notice", Expect: "not_a_credential", Symbology: "datamatrix",
			Title: Text{RU: "Маркировка товара", KK: "Тауар таңбасы", EN: "Goods marking"},
			Note: Text{
				RU: "Код маркировки на товаре (GS1 DataMatrix), а не документ.",
				KK: "Тауардағы таңбалау коды (GS1 DataMatrix), құжат емес.",
				EN: "A marking code on goods (GS1 DataMatrix), not a document.",
			},
		},
		{
			Name: "wifi", Format: "notice", Expect: "not_a_credential",
			Title: Text{RU: "Доступ к Wi-Fi", KK: "Wi-Fi қолжетімділігі", EN: "Wi-Fi access"},
			Note: Text{
				RU: "Код для подключения к сети: пароль не показывается и не хранится.",
				KK: "Желіге қосылу коды: құпиясөз көрсетілмейді және сақталмайды.",
				EN: "A code to join a network: the password is neither shown nor kept.",
			},
		},
		{
			Name: "contact", Format: "notice", Expect: "not_a_credential",
			Title: Text{RU: "Контакт", KK: "Байланыс", EN: "Contact"},
			Note: Text{
				RU: "Визитная карточка (vCard), а не документ.",
				KK: "Визит карточкасы (vCard), құжат емес.",
				EN: "A business card (vCard), not a document.",
			},
		},
		{
			Name: "link", Format: "notice", Expect: "not_a_credential",
			Title: Text{RU: "Ссылка", KK: "Сілтеме", EN: "Link"},
			Note: Text{
				RU: "Обычная ссылка, а не документ.",
				KK: "Кәдімгі сілтеме, құжат емес.",
				EN: "An ordinary link, not a document.",
			},
		},
	}
}
