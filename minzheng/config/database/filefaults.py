"""Why a file or folder could not be used, in a few Chinese words."""

from __future__ import annotations

import errno

WORDS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件或上级目录不存在",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "这是目录，应是文件",
    errno.EEXIST: "同名的文件已经存在",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘出错",
    errno.ELOOP: "链接绕成了圈",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件太多",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件超过允许的大小",
}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def reason(error: OSError) -> str:
    """The words for an operating system's error; "" where there are none."""
    return WORDS.get(error.errno or 0, "")
