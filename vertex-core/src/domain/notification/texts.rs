//! What people are told, in their language.

use chrono::{Datelike, NaiveDate};

use super::{Alert, Language, Occasion};

pub(super) fn in_words(occasion: &Occasion, language: Language) -> (String, String) {
    match language {
        Language::English => english(occasion),
        Language::Russian => russian(occasion),
    }
}

fn english(occasion: &Occasion) -> (String, String) {
    match occasion {
        Occasion::Expiring { title, last_day, .. } => (
            format!("“{title}” expires soon"),
            format!(
                "“{title}” plays until {} and is switched off after that day. \
                 Choose a later day if it is to go on.",
                english_date(*last_day)
            ),
        ),
        Occasion::Expired { title, last_day, .. } => (
            format!("“{title}” has expired"),
            format!(
                "The last day of “{title}” was {}. It plays no more. \
                 Choose a later day and switch it on to bring it back.",
                english_date(*last_day)
            ),
        ),
        Occasion::MarkerFailed { title, reason, .. } => (
            format!("No markers for “{title}”"),
            format!("The markers of “{title}” could not be made: {reason}"),
        ),
        Occasion::ConsentWithdrawn { .. } => (
            "The Yandex Disk is no longer open to us".to_owned(),
            "Whoever owns the disk that your files are on has taken the consent back. Pictures and \
             videos cannot be read or written until the disk is connected again."
                .to_owned(),
        ),
        Occasion::Alert { alert, .. } => {
            let (title, message) = match alert {
                Alert::StorageDown => (
                    "The file storage does not answer",
                    "Pictures, markers and videos cannot be read or written.",
                ),
                Alert::DiskLow => (
                    "A disk is almost full",
                    "Uploads are refused below the reserve that is kept for the database. Make room \
                     or use a larger disk.",
                ),
                Alert::QueueLong => (
                    "Many jobs wait",
                    "More than 100 jobs are due and wait. Start more workers or see the log.",
                ),
                Alert::DeadLetters => (
                    "Messages could not be delivered",
                    "Some notifications were given up. The list of dead letters says why.",
                ),
                Alert::RemovalGivenUp => (
                    "A deleted company could not be removed",
                    "Its files cannot be reached. The list of removals says why; there it can be tried \
                     again, or removed without the files that lie in its own storage.",
                ),
            };
            (title.to_owned(), message.to_owned())
        }
    }
}

fn russian(occasion: &Occasion) -> (String, String) {
    match occasion {
        Occasion::Expiring { title, last_day, .. } => (
            format!("Срок «{title}» скоро истекает"),
            format!(
                "«{title}» показывается по {} включительно, затем будет отключён. \
                 Чтобы показ продолжался, укажите более поздний день.",
                last_day.format("%d.%m.%Y")
            ),
        ),
        Occasion::Expired { title, last_day, .. } => (
            format!("Срок «{title}» истёк"),
            format!(
                "Последним днём показа «{title}» было {}. Показ прекращён. \
                 Чтобы вернуть его, укажите более поздний день и включите контент.",
                last_day.format("%d.%m.%Y")
            ),
        ),
        Occasion::MarkerFailed { title, reason, .. } => (
            format!("Нет маркеров для «{title}»"),
            format!("Не удалось создать маркеры для «{title}»: {reason}"),
        ),
        Occasion::ConsentWithdrawn { .. } => (
            "Нет доступа к Яндекс Диску".to_owned(),
            "Владелец диска, на котором лежат ваши файлы, отозвал доступ. Изображения и видео нельзя \
             ни прочитать, ни записать, пока диск не подключат снова."
                .to_owned(),
        ),
        Occasion::Alert { alert, .. } => {
            let (title, message) = match alert {
                Alert::StorageDown => (
                    "Хранилище файлов не отвечает",
                    "Изображения, маркеры и видео нельзя ни прочитать, ни записать.",
                ),
                Alert::DiskLow => (
                    "Заканчивается место на диске",
                    "Ниже запаса, оставленного для базы данных, файлы не принимаются. Освободите место \
                     или возьмите диск больше.",
                ),
                Alert::QueueLong => (
                    "Много заданий в очереди",
                    "Ожидают выполнения более 100 заданий. Запустите ещё исполнителей или посмотрите журнал.",
                ),
                Alert::DeadLetters => (
                    "Сообщения не доставлены",
                    "Некоторые уведомления не удалось доставить. Причины указаны в списке недоставленных.",
                ),
                Alert::RemovalGivenUp => (
                    "Не удалось стереть удалённую компанию",
                    "Её файлы недоступны. Причина указана в списке удаляемых компаний; там можно повторить \
                     попытку или стереть компанию без файлов в её собственном хранилище.",
                ),
            };
            (title.to_owned(), message.to_owned())
        }
    }
}

fn english_date(day: NaiveDate) -> String {
    format!("{} {}", day.day(), day.format("%B %Y"))
}
