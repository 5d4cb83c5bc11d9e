"""A messy spreadsheet to try the import on: invented makers, as such lists look."""

from pathlib import Path

from loaders import files

EXAMPLE = """\
Перечень промышленных предприятий;;;;;;;;
(по состоянию за 2022 год);;;;;;;;
;;;;;;;;
№;Наименование предприятия;Район / город;Продукция;Объём, тыс. тонн;Мощность, тыс. тонн;Экспорт, %;Собственник;Телефон
1;2;3;4;5;6;7;8;9
;Металлургия;;;;;;;
1;ТОО «Иртыш Алюминий»;г. Павлодар;Алюминий первичный;251,3;250;95;АО «Восточный холдинг»;8 7182 00-00-01
2;АО "Глинозём-Сервис";г. Павлодар;Глинозём;1 405,7;1 500,0;67;АО «Восточный холдинг»;н/д
3;ТОО "Аксу-Феррохром";г. Аксу;Феррохром высокоуглеродистый ФХ850;н/д;-;80;;
4;ЖШС «Екі Болат»;г. Экибастуз;Прокат арматурный; 45,2 тыс. т ;60;-;частная;
5;ТОО Кабель Север;г. Павлодар;Катанка алюминиевая;12,5 кт;около 20;35;;8 7182 00-00-05
;Итого по металлургии;;;1 714,7;1 830;;;
6;ИП Ахметова;Железинский район;Мука пшеничная, отруби;3,4;;;;
7;КХ "Береке";Железинский район;Молоко сырое;1,25;;0;;
8;ТОО "Бетон-Плюс";г. Аксу;Товарный бетон;18 000 м3;;;;
;Всего;;;1 737,4;;;;
* по данным предприятий;;;;;;;;
"""
"""Title rows, a row of column numbers, a heading and totals among the data, decimal commas, units in cells."""


def write_example(path: Path) -> None:
    """Write the example, in UTF-8 with a byte order mark, as spreadsheet programs save it.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    content = EXAMPLE.replace("\n", "\r\n").encode("utf-8-sig")

    def write(new: Path) -> None:
        new.write_bytes(content)

    files.save_file(path, write)
