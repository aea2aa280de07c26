package demo

import "slices"

// catalogue lists the samples as they are shown, without their payloads.
func catalogue() []Sample { return slices.Concat(genuine(), refused(), otherCodes()) }

func genuine() []Sample {
	return []Sample{
		{
			Name: "ticket", Expect: "ok",
			Title: Text{RU: "Билет", KK: "Билет", EN: "Ticket"},
			Note: Text{
				RU: "Подлинный, на один проход: второй показ будет отклонён.",
				KK: "Шынайы, бір рет өтуге: екінші рет көрсетілсе, қабылданбайды.",
				EN: "Genuine, good for one passage: shown again, it is refused.",
			},
		},
		{
			Name: "student", Expect: "ok",
			Title: Text{RU: "Справка студента", KK: "Студент анықтамасы", EN: "Student certificate"},
			Note: Text{
				RU: "Подлинная: подпись верна, срок не истёк, не отозвана.",
				KK: "Шынайы: қолтаңбасы дұрыс, мерзімі өтпеген, қайтарып алынбаған.",
				EN: "Genuine: properly signed, in force, not revoked.",
			},
		},
		{
			Name: "age", Expect: "ok",
			Title: Text{RU: "Старше 18 лет", KK: "18 жастан асқан", EN: "Over 18"},
			Note: Text{
				RU: "Подтверждает только возраст: ни имени, ни даты рождения.",
				KK: "Тек жасын растайды: аты-жөні де, туған күні де жоқ.",
				EN: "Proves the age alone: no name, no birth date.",
			},
		},
		{
			Name: "eu", Expect: "ok",
			Title: Text{RU: "Сертификат формата ЕС", KK: "ЕО форматындағы сертификат", EN: "EU-format certificate"},
			Note: Text{
				RU: "Цифровой сертификат ЕС (HC1) тестового издателя. Отзыв не проверяется: списка нет.",
				KK: "Сынақ берушісінің ЕО цифрлық сертификаты (HC1). Қайтарып алынуы тексерілмейді: тізім жоқ.",
				EN: "EU digital certificate (HC1) of a test issuer. Revocation is not checked: there is no list.",
			},
		},
	}
}

func refused() []Sample {
	return []Sample{
		{
			Name: "expired", Expect: "expired",
			Title: Text{RU: "Просроченная справка", KK: "Мерзімі өткен анықтама", EN: "Expired certificate"},
			Note: Text{
				RU: "Подлинная, но срок действия закончился.",
				KK: "Шынайы, бірақ мерзімі аяқталған.",
				EN: "Genuine, but its term has ended.",
			},
		},
		{
			Name: "revoked", Expect: "revoked",
			Title: Text{RU: "Отозванная справка", KK: "Қайтарып алынған анықтама", EN: "Revoked certificate"},
			Note: Text{
				RU: "Подлинная, но издатель её отозвал.",
				KK: "Шынайы, бірақ берген ұйым оны қайтарып алған.",
				EN: "Genuine, but its issuer has withdrawn it.",
			},
		},
		{
			Name: "status_unknown", Expect: "status_unknown",
			Title: Text{RU: "Отзыв неизвестен", KK: "Қайтарып алынғаны белгісіз", EN: "Revocation unknown"},
			Note: Text{
				RU: "Подлинная, но списка отзыва нет: проверяющий решает сам.",
				KK: "Шынайы, бірақ қайтарып алу тізімі жоқ: тексеруші өзі шешеді.",
				EN: "Genuine, but its revocation list is not there: the checker decides.",
			},
		},
		{
			Name: "forged", Expect: "signature_invalid",
			Title: Text{RU: "Подделка", KK: "Жалған құжат", EN: "Forgery"},
			Note: Text{
				RU: "После подписания в имени изменена одна буква.",
				KK: "Қол қойылғаннан кейін есімнің бір әрпі өзгертілген.",
				EN: "One letter of the name was changed after signing.",
			},
		},
		{
			Name: "unknown_issuer", Expect: "issuer_unknown",
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
			Name: "payment", Expect: "not_a_credential",
			Title: Text{RU: "Квитанция на оплату", KK: "Төлем түбіртегі", EN: "Payment slip"},
			Note: Text{
				RU: "Код для оплаты, а не документ.",
				KK: "Бұл құжат емес, төлем коды.",
				EN: "A code to pay with, not a document.",
			},
		},
		{
			Name: "sbp", Expect: "not_a_credential",
			Title: Text{RU: "Ссылка СБП", KK: "СБП сілтемесі", EN: "SBP payment link"},
			Note: Text{
				RU: "Ссылка Системы быстрых платежей, а не документ.",
				KK: "Жылдам төлемдер жүйесінің сілтемесі, құжат емес.",
				EN: "A link of the Faster Payments System, not a document.",
			},
		},
	}
}
