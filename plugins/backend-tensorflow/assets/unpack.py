"""Unpacks archives: unpack.py ARCHIVE RULE...; a rule is MEMBER=FOLDER or PREFIX/=FOLDER, the first that fits counts.

`tensorflow/c/=include` puts tensorflow/c/eager/c_api.h at include/eager/c_api.h; members that no rule names are left out.
"""
import os
import shutil
import sys
import tarfile
import zipfile


def destination(member, rules):
    if member.endswith("/"):
        return None
    for source, folder in rules:
        if source.endswith("/") and member.startswith(source):
            return os.path.join(folder, *member[len(source):].split("/"))
        if member == source:
            return os.path.join(folder, member.split("/")[-1])
    return None


def write(source, target):
    if ".." in target.split(os.sep):
        raise SystemExit("the archive names a file outside of its folder: " + target)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with source, open(target, "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def unpack(archive, rules):
    if archive.endswith(".whl"):
        with zipfile.ZipFile(archive) as file:
            for info in file.infolist():
                target = destination(info.filename, rules)
                if target:
                    write(file.open(info), target)
                    if info.external_attr >> 16 & 0o100:  # a program
                        os.chmod(target, 0o755)
        return
    with tarfile.open(archive) as file:
        for member in file:
            target = destination(member.name, rules)
            if target and member.isfile():
                write(file.extractfile(member), target)


unpack(sys.argv[1], [rule.rsplit("=", 1) for rule in sys.argv[2:]])
